import type { Failure } from "#contract/list.ts";
import { failureOf } from "../base/problem.ts";
import type { FanOutFailure } from "../rocketmq/cluster/fan-out.ts";

/** What failed, as lists show it. One failure a target: a server that failed at one question fails at the others for the same reason. */
export function failuresOf(...lists: readonly (readonly (FanOutFailure | Failure)[])[]): Failure[] {
  const byTarget = new Map(lists.flat().map((failure) => [failure.target, failure]));
  return [...byTarget.values()].map((failure) =>
    "error" in failure ? failureOf(failure.target, failure.error) : failure,
  );
}

/** Brokers that vanished stand apart in a plan: they are warned of, as they may come back with what they have, and hinder nothing. */
export function apartFromGone(failures: readonly Failure[]): { failures: Failure[]; gone: string[] } {
  const isGone = ({ code }: Failure) => code === "BROKER_GONE";
  return {
    failures: failures.filter((failure) => !isGone(failure)),
    gone: failures.filter(isGone).map(({ target }) => target),
  };
}
