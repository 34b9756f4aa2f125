import { Environment, EvaluationError, ParseError, TypeError, type ASTNode } from "@marcbachmann/cel-js";
import { serialize } from "@marcbachmann/cel-js/serialize";
import { isSystemTopic } from "#contract/rules/names.ts";
import type { ScanFault } from "#contract/scan.ts";
import { Problem } from "../../../base/problem.ts";
import { containsText, guardingOf, nodeFault, nodesOf, type Guarding } from "./scan-language.ts";
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
  .registerVariable("queueOffset", "int")
  .registerFunction("string.containsText(string): bool", containsText, { async: false });

/** A filter that may be run. */
export interface ScanFilter {
  /** Throws what the evaluator does; anything but true is no match. */
  evaluate: (variables: ScanVariables) => unknown;
  /** Tags of which a message has to have one to match; undefined where it may match without. */
  tags: readonly string[] | undefined;
  guarding: Guarding;
  /** The same for all ways to write it. */
  normal: string;
}

/** Faults that have words of their own, by the code that the evaluator gives. */
const FAULTS: Readonly<Record<string, ScanFault["key"]>> = {
  unexpected_character: "character",
  unexpected_token: "token",
  expected_token: "token",
  unterminated_string: "string",
  unknown_variable: "variable",
  no_such_key: "field",
  no_such_overload: "types",
  no_matching_overload: "types",
};

const KINDS = [
  ["google.protobuf.Timestamp", "time"],
  ["google.protobuf.Duration", "duration"],
  ["no such overload: ", ""],
] as const;
const TIME_AND_TEXT = /^(time \S+ string|string \S+ time)$/;

function faultOf(error: unknown): ScanFault {
  if (!(error instanceof ParseError || error instanceof TypeError || error instanceof EvaluationError)) throw error;
  const { code, summary, range } = error;
  const { start, end } = range ?? { start: 0, end: 0 };
  const detail = KINDS.reduce((words, [kind, name]) => words.replaceAll(kind, name), summary).slice(0, 500);
  const key = FAULTS[code] ?? "other";
  return { key: key === "types" && TIME_AND_TEXT.test(detail) ? "timeText" : key, detail, start, end };
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

/** What is evaluated: with functions of our own where those of the evaluator may take for ever. */
function runnable(expression: string): ScanFilter["evaluate"] {
  const parsed = environment.parse(expression);
  for (const { op, args } of nodesOf(parsed.ast))
    if (op === "rcall" && args[0] === "contains") Object.assign(args, ["containsText"]);
  parsed.check();
  return (variables) => parsed(variables);
}

/** An expression as a filter, or what is wrong with it and where. */
export function readFilter(expression: string): { filter: ScanFilter } | { fault: ScanFault } {
  if (expression.trim() === "")
    return { filter: { evaluate: () => true, tags: undefined, guarding: "never", normal: "" } };
  try {
    const parsed = environment.parse(expression);
    // The check may put other nodes in their place.
    const nodes = [...nodesOf(parsed.ast)];
    const tags = tagsOf(parsed.ast);
    const normal = serialize(parsed.ast);
    const { valid, type, error } = parsed.check();
    if (!valid) return { fault: faultOf(error) };
    if (type !== "bool" && type !== "dyn")
      return { fault: { key: "notBool", detail: type ?? "", start: 0, end: expression.length } };
    const tried = (literal: string): unknown => environment.evaluate(literal);
    const fault = nodes.map((node) => nodeFault(node, tried)).find((found) => found !== undefined);
    if (fault !== undefined) return { fault };
    return { filter: { evaluate: runnable(expression), tags, guarding: guardingOf(nodes), normal } };
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
