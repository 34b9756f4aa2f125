import { isDeepStrictEqual } from "node:util";
import type { Failure, Outcome } from "#contract/list.ts";
import type { PlanWarning, RemarkChange } from "#contract/plan.ts";
import { failureOf, Problem } from "../base/problem.ts";
import type { RocketMQCluster } from "../rocketmq/cluster/cluster.ts";
import type { FanOut, Target } from "../rocketmq/cluster/fan-out.ts";

/** A line of a plan, of a broker or of one of its queues. */
interface Line {
  brokerName: string;
  queueId?: number;
  addr: string;
  change: string;
}

/** How a line is called among the outcomes. */
export const lineName = ({ brokerName, queueId }: Pick<Line, "brokerName" | "queueId">): string =>
  queueId === undefined ? brokerName : `${brokerName} · ${queueId}`;

export const warn = (key: string, params: PlanWarning["params"] = {}): PlanWarning => ({ key, params });

/** Brokers that vanished are warned of: they may come back with what they have. */
export const warnOfGone = (brokers: readonly string[]): PlanWarning[] =>
  brokers.length === 0 ? [] : [warn("brokersGone", { brokers: brokers.join(", ") })];

/** What a write did, target by target, and what it told of it; `about` stands before each name. */
export const outcomesOf = (
  { items, failures }: FanOut<Target, Omit<Partial<Outcome>, "target"> | void>,
  about = "",
): Outcome[] => [
  ...items.map(({ target, value }): Outcome => ({ ok: true, ...value, target: about + target.name })),
  ...failures.map(({ target, error }): Outcome => ({ target: about + target, ...refused(about + target, error) })),
];

/** After these a broker may have done what it was asked for; where no connection was made nothing was sent. */
const LOST: ReadonlySet<string> = new Set(["REQUEST_TIMEOUT", "CONNECTION_LOST", "MALFORMED_RESPONSE"]);

/** What is told of a write that was not answered with success. */
export function refused(target: string, error: unknown): Omit<Outcome, "target"> {
  const failure = failureOf(target, error);
  return { ok: false, ...(LOST.has(failure.code) && { unknown: true }), failure };
}

const byName = new Intl.Collator("en", { numeric: true });

/** Writes the lines of a plan at their brokers, `write` telling what there is to tell; those that could not even be read are failures of the same kind. */
export async function writeLines<L extends Line>(
  cluster: RocketMQCluster,
  lines: readonly L[],
  unread: readonly Failure[],
  write: (line: L) => Promise<Omit<Partial<Outcome>, "target"> | void>,
): Promise<Outcome[]> {
  const targets = lines
    .filter(({ change }) => change !== "none")
    .map((line) => ({ name: lineName(line), addr: line.addr, line }));
  return [
    ...outcomesOf(await cluster.fanOut(targets, ({ line }) => write(line))),
    ...unread.map((failure): Outcome => ({ target: failure.target, ok: false, failure })),
  ].sort((a, b) => byName.compare(a.target, b.target));
}

/** Refuses a write that would change neither a broker nor a remark. */
export const assertChanges = ({
  changes,
  remark = null,
}: {
  changes: readonly Pick<Line, "change">[];
  remark?: RemarkChange;
}): Promise<void> =>
  remark === null && changes.every(({ change }) => change === "none")
    ? Promise.reject(new Problem("NOTHING_TO_CHANGE"))
    : Promise.resolve();

const linesWhere = <L extends Pick<Line, "brokerName" | "queueId">>(
  lines: readonly L[],
  outcomes: readonly Outcome[],
  is: (outcome: Outcome) => boolean,
): L[] => {
  const names = new Set(outcomes.filter(is).map(({ target }) => target));
  return lines.filter((line) => names.has(lineName(line)));
};

/** Lines of the brokers where a write was done. */
export const linesDone = <L extends Line>(lines: readonly L[], outcomes: readonly Outcome[]): L[] =>
  linesWhere(lines, outcomes, ({ ok }) => ok);

/** Whether each broker has what was shown of it, however the lines are sorted. */
export const hasAsShown = <L extends Pick<Line, "brokerName"> & { before: unknown }>(
  shown: readonly L[],
  now: readonly L[],
): boolean => {
  const [was, is] = [shown, now].map((lines) => new Map(lines.map(({ brokerName, before }) => [brokerName, before])));
  return isDeepStrictEqual(was, is);
};

/** Lines that there may be something to take back of. */
export const linesToUndo = <L extends Line>(lines: readonly L[], outcomes: readonly Outcome[]): L[] =>
  linesWhere(lines, outcomes, ({ ok, unknown }) => ok || unknown === true);

/** Brokers that somebody chose are ones that there are, or that were lately. */
export function assertBrokers(
  chosen: readonly string[],
  at: readonly { brokerName: string }[],
  failures: readonly Failure[],
): void {
  const known = new Set([...at.map(({ brokerName }) => brokerName), ...failures.map(({ target }) => target)]);
  if (chosen.every((name) => known.has(name))) return;
  throw new Problem("BAD_REQUEST", { issues: [{ path: "brokers", message: "brokers.unknown" }] });
}

/** What is typed to confirm must be what is meant. */
export function assertTyped(typed: string, name: string): void {
  if (typed !== name) throw new Problem("BAD_REQUEST", { issues: [{ path: "name", message: "name.mismatch" }] });
}
