import { z } from "zod";
import type { RowAnswer } from "./call-rows.ts";

/** Leaves of an answer by their place; of what is listed also how much of it there is. */
export function leavesOf(value: unknown, at = ""): Map<string, unknown> {
  const leaves = new Map<string, unknown>();
  if (Array.isArray(value)) leaves.set(`${at}.length`, value.length);
  if (typeof value !== "object" || value === null) return leaves.set(at, value);
  for (const [key, inner] of Object.entries(value)) {
    for (const [place, leaf] of leavesOf(inner, `${at}.${key}`)) leaves.set(place, leaf);
  }
  return leaves;
}

/** Rates, the time that an answer is of or took, and what is consumed by asking change by themselves, if only once in a while. */
const MOVING = /\.(\w*tps|at|stateAt|ms|consumedToday)$/i;

/** What a row says while all is well: only what is known and the same each time, since rates and times say nothing about faults. */
export function steadyLeaves(answers: readonly RowAnswer[]): Map<string, unknown> {
  const [first = new Map<string, unknown>(), ...others] = answers.map(({ value }) => leavesOf(value));
  const isSteady = (place: string, leaf: unknown) =>
    leaf !== null && !MOVING.test(place) && others.every((other) => other.get(place) === leaf);
  return new Map([...first].filter(([place, leaf]) => isSteady(place, leaf)));
}

/** How many there are of something, beside whether there may be more. */
const COUNT = /\.count$/;

/** Where an answer says something else than was true while all was well. What it leaves open is no untruth, nor is "at least so many" of more. */
export function untruths(truth: ReadonlyMap<string, unknown>, { value }: RowAnswer): string[] {
  const told = leavesOf(value);
  const isFewer = (place: string, now: unknown, leaf: unknown) =>
    COUNT.test(place) && told.get(place.replace(COUNT, ".atLeast")) === true && Number(now) <= Number(leaf);
  return [...truth].flatMap(([place, leaf]) => {
    const now = told.get(place);
    // A place that is gone belongs to a list that is shorter, of which the length tells.
    return now === leaf || now === null || !told.has(place) || isFewer(place, now, leaf)
      ? []
      : [`${place} is ${JSON.stringify(now)}, not ${JSON.stringify(leaf)}`];
  });
}

/** Problems that say that somebody could not be asked; any other would be about what was asked for. */
const UNREACHED = new Set([
  "CONNECT_REFUSED",
  "CONNECT_FAILED",
  "CONNECT_TIMEOUT",
  "REQUEST_TIMEOUT",
  "CONNECTION_LOST",
  "CLOSED_UNANSWERED",
  "MALFORMED_RESPONSE",
  "NOT_ROCKETMQ",
  "NO_NAMESRV_AVAILABLE",
  "NO_CLUSTER",
  "NOT_REACHED",
  "NO_MASTER",
  "BROKER_GONE",
  "ADVERTISED_ADDRESS_UNREACHABLE",
  "TLS_REQUIRED",
  "USE_UNKNOWN",
]);

/** An instance whose brokers or name servers do not answer is abnormal or unreachable, which tells of it. */
const Abnormal = z.object({ state: z.enum(["abnormal", "unreachable"]) });
const STATE = ".state";

/** Figures that are told to be a part say that they are not all, and those that are told to be at most that they may be more than all. */
const AT_LEAST = /\.(atLeast|delayAtLeast|atMost)$/;

function truthWithout(truth: ReadonlyMap<string, unknown>, { path, value }: RowAnswer): ReadonlyMap<string, unknown> {
  const isTold = path === "instance/get" && Abnormal.safeParse(value).success;
  return new Map([...truth].filter(([place]) => !AT_LEAST.test(place) && !(isTold && place === STATE)));
}

/** What is untrue in an answer that was given while somebody behind it did not answer as they should. */
export function lieOf(truth: ReadonlyMap<string, unknown>, answer: RowAnswer): string | undefined {
  if (answer.status === 0) return "no answer";
  if (answer.status !== 200) {
    return UNREACHED.has(answer.code ?? "") ? undefined : `the problem ${answer.code}`;
  }
  const unnamed = answer.failures.find(({ code }) => !UNREACHED.has(code));
  if (unnamed !== undefined) return `the failure ${unnamed.code} of ${unnamed.target}`;
  if (answer.failures.length > 0) return undefined;
  return untruths(truthWithout(truth, answer), answer)[0];
}
