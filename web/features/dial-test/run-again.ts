import type { Job } from "#contract/job.ts";
import { isRecord } from "./figures.ts";
import { dialTestsSearch, type DialTestsSearch } from "./dial-test-search.ts";

const linesOf = (properties: unknown): string | undefined =>
  isRecord(properties)
    ? Object.entries(properties)
        .map(([name, value]) => `${name}=${String(value)}`)
        .join("\n")
    : undefined;

/** It reads what another test has sent, and nothing else: there is no form for it. */
export const isReadBack = (job: Pick<Job, "kind">): boolean => job.kind === "dialTest.readBack";

export const isProduceTest = (job: Pick<Job, "kind">): boolean => job.kind === "dialTest.produce";

export const isRoundTrip = (job: Pick<Job, "kind">): boolean => job.kind === "dialTest.roundTrip";

export const isLoadTest = (job: Pick<Job, "kind">): boolean => job.kind === "dialTest.load";

/** It sends, so that whoever runs it again has to be allowed to. */
export const sends = (job: Pick<Job, "kind">): boolean => isProduceTest(job) || isRoundTrip(job) || isLoadTest(job);

/** What a run made is not there any more: run again, it is made anew. */
function searchOfRun({ kind, params }: Pick<Job, "kind" | "params">): DialTestsSearch {
  const { receiver, threads, consume, brokers } = params;
  const makesTopic = params["makesTopic"] === true;
  return dialTestsSearch({
    tab: isLoadTest({ kind }) ? "load" : "roundTrip",
    topic: makesTopic ? undefined : params["topic"],
    place: makesTopic ? "made" : "given",
    brokers: Array.isArray(brokers) ? brokers.join(",") : undefined,
    size: params["sizeKb"],
    count: params["count"],
    tag: params["tag"],
    receiver,
    group: receiver === "group" ? params["group"] : undefined,
    commit: params["commit"],
    timeout: params["timeoutSeconds"],
    by: threads === undefined ? undefined : "threads",
    rate: params["rate"],
    threads,
    seconds: params["seconds"],
    sendOnly: consume === false ? true : undefined,
  });
}

/** The form of a test filled in as a job had it. */
export function searchOfJob({ id, kind, params }: Pick<Job, "id" | "kind" | "params">): DialTestsSearch {
  if (isRoundTrip({ kind }) || isLoadTest({ kind })) return searchOfRun({ kind, params });
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
