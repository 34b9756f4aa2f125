import { Environment, EvaluationError, ParseError, TypeError, type ASTNode } from "@marcbachmann/cel-js";
import { isSystemTopic } from "#contract/rules/names.ts";
import type { ScanFault } from "#contract/scan.ts";
import { Problem } from "../../../base/problem.ts";
import { ScanBody, type ScanVariables } from "./scan-variables.ts";

const LIMITS = { maxAstNodes: 400, maxDepth: 48, maxListElements: 200, maxMapEntries: 50, maxCallArguments: 8 };
const TIME = "google.protobuf.Timestamp";

const environment = new Environment({ limits: LIMITS })
  .registerType("Body", { ctor: ScanBody, fields: { text: "string", json: "dyn" } })
  .registerVariable("tag", "string")
  .registerVariable("keys", "list<string>")
  .registerVariable("props", "map<string, string>")
  .registerVariable("body", "Body")
  .registerVariable("size", "int")
  .registerVariable("bornAt", TIME)
  .registerVariable("storedAt", TIME)
  .registerVariable("msgId", "string")
  .registerVariable("bornHost", "string")
  .registerVariable("retries", "int")
  .registerVariable("queueId", "int")
  .registerVariable("queueOffset", "int");

/** A filter that may be run. */
export interface ScanFilter {
  /** Throws what the evaluator does; anything but true is no match. */
  evaluate: (variables: ScanVariables) => unknown;
  /** Tags of which a message has to have one to match; undefined where it may match without. */
  tags: readonly string[] | undefined;
  /** Its work may grow faster than a message does. */
  costly: boolean;
}

/** Faults that have words of their own, by the code that the evaluator gives. */
const FAULTS: Readonly<Record<string, ScanFault["key"]>> = {
  unexpected_character: "character",
  unexpected_token: "token",
  unterminated_string: "string",
  unknown_variable: "variable",
  no_such_key: "field",
  no_such_overload: "types",
  no_matching_overload: "types",
};

function faultOf(error: unknown): ScanFault {
  if (!(error instanceof ParseError || error instanceof TypeError || error instanceof EvaluationError)) throw error;
  const { code, summary, range } = error;
  const { start, end } = range ?? { start: 0, end: 0 };
  return {
    key: FAULTS[code] ?? "other",
    detail: summary.slice(0, 500),
    start,
    end,
  };
}

const isNode = (value: unknown): value is ASTNode => typeof value === "object" && value !== null && "op" in value;

function childrenOf(args: unknown): ASTNode[] {
  if (isNode(args)) return [args];
  return Array.isArray(args) ? args.flatMap(childrenOf) : [];
}

function* nodesOf(node: ASTNode): Generator<ASTNode, void> {
  yield node;
  for (const child of childrenOf(node.args)) yield* nodesOf(child);
}

/** What takes no longer than the text that it looks at is long. */
const CHEAP_METHODS = new Set(["contains", "startsWith", "endsWith", "size", "lowerAscii", "upperAscii", "trim"]);
const CHEAP_CALLS = new Set(["size", "has", "timestamp", "duration", "int", "double", "string", "dyn", "type", "bool"]);

function isCostly(node: ASTNode): boolean {
  if (node.op === "rcall") return !CHEAP_METHODS.has(node.args[0]);
  if (node.op === "call") return !CHEAP_CALLS.has(node.args[0]);
  return node.op === "+";
}

/** A literal that no message makes any better. */
function literalFault(node: ASTNode): ScanFault | undefined {
  const { start, end } = node;
  if (node.op === "rcall" && node.args[0] === "matches") {
    const [pattern] = node.args[2];
    if (pattern?.op !== "value" || typeof pattern.args !== "string") return undefined;
    try {
      void new RegExp(pattern.args);
    } catch (error) {
      return { key: "regex", detail: String(error).slice(0, 500), start: pattern.start, end: pattern.end };
    }
  }
  if (node.op === "call" && ["timestamp", "duration"].includes(node.args[0])) {
    const [text] = node.args[1];
    if (text?.op !== "value") return undefined;
    try {
      environment.evaluate(node.input.slice(start, end));
    } catch {
      return { key: node.args[0] === "timestamp" ? "time" : "duration", detail: "", start: text.start, end: text.end };
    }
  }
  return undefined;
}

const textOf = (node: ASTNode): string | undefined =>
  node.op === "value" && typeof node.args === "string" ? node.args : undefined;
const isTag = (node: ASTNode) => node.op === "id" && node.args === "tag";

/** Tags that a broker may look for: none that it would split, or that is none. */
const ASKABLE = /^[\w.-]{1,64}$/;

function tagsOf(node: ASTNode): string[] | undefined {
  if (node.op === "&&") return tagsOf(node.args[0]) ?? tagsOf(node.args[1]);
  if (node.op === "==") {
    const [a, b] = node.args;
    const tag = isTag(a) ? textOf(b) : isTag(b) ? textOf(a) : undefined;
    return tag !== undefined && ASKABLE.test(tag) ? [tag] : undefined;
  }
  if (node.op === "in" && isTag(node.args[0]) && node.args[1].op === "list") {
    const tags = node.args[1].args.map(textOf);
    const all = tags.filter((tag) => tag !== undefined && ASKABLE.test(tag));
    return tags.length > 0 && all.length === tags.length ? all.flatMap((tag) => tag ?? []) : undefined;
  }
  return undefined;
}

/** An expression as a filter, or what is wrong with it and where. */
export function readFilter(expression: string): { filter: ScanFilter } | { fault: ScanFault } {
  if (expression.trim() === "") return { filter: { evaluate: () => true, tags: undefined, costly: false } };
  try {
    const parsed = environment.parse(expression);
    // The check may put other nodes in their place.
    const nodes = [...nodesOf(parsed.ast)];
    const tags = tagsOf(parsed.ast);
    const { valid, type, error } = parsed.check();
    if (!valid) return { fault: faultOf(error) };
    if (type !== "bool" && type !== "dyn")
      return { fault: { key: "notBool", detail: type ?? "", start: 0, end: expression.length } };
    const literal = nodes.map(literalFault).find((fault) => fault !== undefined);
    if (literal !== undefined) return { fault: literal };
    const evaluate = (variables: ScanVariables): unknown => parsed(variables);
    return { filter: { evaluate, tags, costly: nodes.some(isCostly) } };
  } catch (error) {
    return { fault: faultOf(error) };
  }
}

/** The filter of a scan; throws BAD_REQUEST at its field. */
export function filterOf(expression: string): ScanFilter {
  const read = readFilter(expression);
  if ("filter" in read) return read.filter;
  throw new Problem("BAD_REQUEST", { issues: [{ path: "expression", message: "expression.faulty" }] });
}

/** Queues of RocketMQ's own keep other figures where tags have their hash, and retry topics have filters of their own. */
export const takesTags = (topic: string): boolean => !isSystemTopic(topic) && !topic.startsWith("%");
