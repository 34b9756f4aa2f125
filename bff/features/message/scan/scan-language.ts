import type { ASTNode } from "@marcbachmann/cel-js";
import type { ScanFault } from "#contract/scan.ts";

/**
 * What filters have of CEL. Nothing else: what splits, joins or doubles texts and lists may fill the memory in one step, and a step of the
 * engine's own cannot be ended.
 */
const METHODS = new Set(
  [
    "contains startsWith endsWith matches size lowerAscii upperAscii trim substring",
    "exists exists_one all filter map bind",
    "getFullYear getMonth getDate getDayOfMonth getDayOfWeek getDayOfYear getHours getMinutes getSeconds getMilliseconds",
  ].flatMap((names) => names.split(" ")),
);
const CALLS = new Set("has size timestamp duration int uint double string bool dyn type".split(" "));

/** Of which two are added, and not put together. */
const ADDED = new Set(["int", "uint", "double", "google.protobuf.Timestamp", "google.protobuf.Duration"]);

/** The engine looks for texts up to this length in time that grows with the text alone: beyond it, with both. */
const SOUGHT_MAX = 250;

/** Reading one that is long and none takes the cube of its length. */
const DURATION_MAX = 64;

const isNode = (value: unknown): value is ASTNode => typeof value === "object" && value !== null && "op" in value;

function childrenOf(args: unknown): ASTNode[] {
  if (isNode(args)) return [args];
  return Array.isArray(args) ? args.flatMap(childrenOf) : [];
}

export function* nodesOf(node: ASTNode): Generator<ASTNode, void> {
  yield node;
  for (const child of childrenOf(node.args)) yield* nodesOf(child);
}

/** Of a node that was checked. */
function typeOf(node: ASTNode): string | undefined {
  if (!("checkedType" in node)) return undefined;
  const type = node.checkedType;
  if (typeof type !== "object" || type === null || !("name" in type)) return undefined;
  return typeof type.name === "string" ? type.name : undefined;
}

function at({ start, end }: ASTNode, key: ScanFault["key"], detail = ""): ScanFault {
  return { key, detail: detail.slice(0, 500), start, end };
}

/** A pattern is known before it runs, so that what is none, or takes a plain text too long to look for, is told where it is typed. */
function patternFault(pattern: ASTNode | undefined, call: ASTNode): ScanFault | undefined {
  if (pattern?.op !== "value" || typeof pattern.args !== "string" || pattern.args.length > SOUGHT_MAX)
    return at(pattern ?? call, "pattern", String(SOUGHT_MAX));
  try {
    void new RegExp(pattern.args);
    return undefined;
  } catch (error) {
    return at(pattern, "regex", String(error));
  }
}

/** What a checked node may not be. `evaluate` tries literals, which no message makes any better. */
export function nodeFault(node: ASTNode, evaluate: (expression: string) => unknown): ScanFault | undefined {
  if (node.op === "rcall") {
    const [method, , args] = node.args;
    if (!METHODS.has(method)) return at(node, "notHere", method);
    return method === "matches" ? patternFault(args[0], node) : undefined;
  }
  if (node.op === "+") return node.args.some((side) => ADDED.has(typeOf(side) ?? "")) ? undefined : at(node, "join");
  if (node.op !== "call") return undefined;
  const [name, [text]] = node.args;
  if (!CALLS.has(name)) return at(node, "notHere", name);
  if ((name !== "timestamp" && name !== "duration") || text?.op !== "value") return undefined;
  const fault = at(text, name === "timestamp" ? "time" : "duration");
  if (typeof text.args === "string" && text.args.length > DURATION_MAX) return fault;
  try {
    evaluate(node.input.slice(node.start, node.end));
    return undefined;
  } catch {
    return fault;
  }
}

/** How an expression has to be run: `always` with an end set to it, or where a body is long. */
export type Guarding = "never" | "longBodies" | "always";

const QUICK = new Set("value . [] list map == != < <= > >= && || !_ -_ ?: in".split(" "));
const QUICK_CALLS = new Set(["has", "int"]);
const QUICK_METHODS = new Set(["startsWith", "endsWith"]);
const LINEAR_METHODS = new Set([...QUICK_METHODS, "size", "lowerAscii", "upperAscii", "trim", "substring"]);

const isLiteral = (node: ASTNode | undefined) => node?.op === "value";

/** Looks at no body, and goes through nothing. */
function isQuick(node: ASTNode): boolean {
  if (node.op === "id") return node.args !== "body";
  if (node.op === "rcall") return QUICK_METHODS.has(node.args[0]);
  if (node.op === "call") return QUICK_CALLS.has(node.args[0]) || node.args[1].every(isLiteral);
  return QUICK.has(node.op);
}

/** Looks at each character some times at the most. */
function isLinear(node: ASTNode): boolean {
  if (node.op === "call") return node.args[0] !== "duration" || isLiteral(node.args[1][0]);
  if (node.op !== "rcall") return true;
  const [method, , args] = node.args;
  return LINEAR_METHODS.has(method) || (method === "contains" && isLiteral(args[0]));
}

export function guardingOf(nodes: readonly ASTNode[]): Guarding {
  if (nodes.every(isQuick)) return "never";
  return nodes.every(isLinear) ? "longBodies" : "always";
}

/** As the engine's own, in time that grows with the text alone until one of its many steps is ended. */
export function containsText(text: string, sought: string): boolean {
  const head = sought.slice(0, SOUGHT_MAX);
  for (let found = text.indexOf(head); found !== -1; found = text.indexOf(head, found + 1))
    if (text.startsWith(sought, found)) return true;
  return false;
}
