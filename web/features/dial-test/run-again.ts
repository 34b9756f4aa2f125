import type { Job } from "#contract/job.ts";
import { dialTestsSearch, type DialTestsSearch } from "./dial-test-search.ts";

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

const linesOf = (properties: unknown): string | undefined =>
  isRecord(properties)
    ? Object.entries(properties)
        .map(([name, value]) => `${name}=${String(value)}`)
        .join("\n")
    : undefined;

/** It reads what another test has sent, and nothing else: there is no form for it. */
export const isReadBack = (job: Pick<Job, "kind">): boolean => job.kind === "dialTest.readBack";

export const isProduceTest = (job: Pick<Job, "kind">): boolean => job.kind === "dialTest.produce";

/** The form of a test filled in as a job had it. */
export function searchOfJob({ id, kind, params }: Pick<Job, "id" | "kind" | "params">): DialTestsSearch {
  const shared = { topic: params["topic"], count: params["count"] };
  if (!isProduceTest({ kind })) {
    const { group, ordered, from, time, tags, timeoutSeconds, commit } = params;
    return dialTestsSearch({
      ...shared,
      tab: "consume",
      group,
      ordered,
      from,
      time,
      tags,
      timeout: timeoutSeconds,
      commit,
    });
  }
  const { messageType, sizeKb, tag, keys, shardingKey, delayLevel, delaySeconds, outcome } = params;
  return dialTestsSearch({
    ...shared,
    type: messageType,
    size: sizeKb,
    tag,
    keys,
    properties: linesOf(params["properties"]),
    mode: params["ownBody"] === true ? "own" : "filled",
    bodyOf: params["ownBody"] === true ? id : undefined,
    sharding: shardingKey,
    level: delayLevel,
    delay: delaySeconds,
    outcome: messageType === "TRANSACTION" ? outcome : undefined,
  });
}
