import {
  DIAL_BODY_MAX,
  DIAL_COUNT_MAX,
  DIAL_PROPERTIES_MAX,
  DIAL_SIZE_KB_MAX,
  DIAL_TOTAL_KB_MAX,
} from "#contract/rules/limits.ts";
import type { MessageType } from "#contract/rules/topic.ts";
import type { DialTestsSearch } from "./dial-test-search.ts";

/** A produce test as its form has it; a cleared figure is null. */
export interface ProduceDraft {
  topic: string;
  messageType: MessageType;
  count: number | null;
  sizeKb: number | null;
  tag: string;
  keys: string;
  /** `name=value`, a line each. */
  properties: string;
  body: string;
  bodyLost: boolean;
  shardingKey: string;
  delayBy: "level" | "time";
  delayLevel: number;
  delaySeconds: number | null;
  outcome: "commit" | "rollback";
}

const COUNT = 10;
const SIZE_KB = 1;
const DELAY_LEVEL = 3;
const DELAY_SECONDS_MAX = 259_200;
/** A longer body would make the URL too long for proxies. */
const BODY_IN_URL = 1000;

/** `messageDelayLevel` as brokers have it unless told otherwise. */
export const delayLevels = "1s 5s 10s 30s 1m 2m 3m 4m 5m 6m 7m 8m 9m 10m 20m 30m 1h 2h".split(" ");

export const produceDraftOf = (search: DialTestsSearch): ProduceDraft => ({
  topic: search.topic ?? "",
  messageType: search.type ?? "NORMAL",
  count: search.count ?? COUNT,
  sizeKb: search.size ?? SIZE_KB,
  tag: search.tag ?? "",
  keys: search.keys ?? "",
  properties: search.properties ?? "",
  body: search.body ?? "",
  bodyLost: search.bodyLost ?? false,
  shardingKey: search.sharding ?? "",
  delayBy: search.delay === undefined ? "level" : "time",
  delayLevel: search.level ?? DELAY_LEVEL,
  delaySeconds: search.delay ?? 60,
  outcome: search.outcome ?? "commit",
});

const unless = <T>(value: T | null, usual: T): T | undefined => (value === usual || value === null ? undefined : value);
const filled = (value: string): string | undefined => (value.trim() === "" ? undefined : value.trim());

export function produceSearchOf(draft: ProduceDraft): Partial<DialTestsSearch> {
  const { messageType: type } = draft;
  const byTime = draft.delayBy === "time";
  return {
    topic: filled(draft.topic),
    type: unless(type, "NORMAL"),
    count: unless(draft.count, COUNT),
    size: unless(draft.sizeKb, SIZE_KB),
    tag: filled(draft.tag),
    keys: filled(draft.keys),
    properties: filled(draft.properties),
    body: draft.body.length > BODY_IN_URL ? undefined : filled(draft.body),
    bodyLost: draft.bodyLost ? true : undefined,
    sharding: type === "FIFO" ? filled(draft.shardingKey) : undefined,
    level: type === "DELAY" && !byTime ? unless(draft.delayLevel, DELAY_LEVEL) : undefined,
    delay: type === "DELAY" && byTime ? (draft.delaySeconds ?? undefined) : undefined,
    outcome: type === "TRANSACTION" ? unless(draft.outcome, "commit") : undefined,
  };
}

/** `name=value` lines; undefined where a line is something else. */
export function readProperties(text: string): Record<string, string> | undefined {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const pairs = lines.map((line): [string, string] => {
    const at = line.indexOf("=");
    return at < 0 ? ["", ""] : [line.slice(0, at).trim(), line.slice(at + 1).trim()];
  });
  return pairs.every(([name, value]) => name !== "" && value !== "") ? Object.fromEntries(pairs) : undefined;
}

export const inRange = (n: number | null, min: number, max: number): n is number => n !== null && n >= min && n <= max;

/** What is wrong with a draft, by field; texts are under `fault`. */
export function produceFaults(draft: ProduceDraft): Partial<Record<keyof ProduceDraft, string>> {
  const { count, sizeKb, body, messageType } = draft;
  const properties = readProperties(draft.properties);
  const ownBody = body.trim() !== "";
  const kb = ownBody ? body.length / 1024 : (sizeKb ?? 0);
  const faults: [keyof ProduceDraft, string, boolean][] = [
    ["topic", "required", draft.topic.trim() === ""],
    ["count", "total.range", (count ?? 0) * kb > DIAL_TOTAL_KB_MAX],
    ["count", "count.range", !inRange(count, 1, DIAL_COUNT_MAX)],
    ["sizeKb", "size.range", !ownBody && !inRange(sizeKb, 1, DIAL_SIZE_KB_MAX)],
    ["properties", "properties.tooMany", Object.keys(properties ?? {}).length > DIAL_PROPERTIES_MAX],
    ["properties", "properties.form", properties === undefined],
    ["body", "body.tooLong", body.length > DIAL_BODY_MAX],
    [
      "delaySeconds",
      "delay.range",
      messageType === "DELAY" && draft.delayBy === "time" && !inRange(draft.delaySeconds, 1, DELAY_SECONDS_MAX),
    ],
  ];
  return Object.fromEntries(faults.flatMap(([field, fault, wrong]) => (wrong ? [[field, fault]] : [])));
}

/** The draft as the API takes it; only what belongs to its type of message. */
export function produceInputOf(instanceId: string, draft: ProduceDraft) {
  const { messageType } = draft;
  const properties = readProperties(draft.properties) ?? {};
  const delayed = messageType === "DELAY";
  return {
    instanceId,
    topic: draft.topic.trim(),
    messageType,
    count: draft.count ?? COUNT,
    sizeKb: draft.sizeKb ?? SIZE_KB,
    tag: filled(draft.tag),
    keys: filled(draft.keys),
    properties: Object.keys(properties).length === 0 ? undefined : properties,
    body: draft.body.trim() === "" ? undefined : draft.body,
    shardingKey: messageType === "FIFO" ? filled(draft.shardingKey) : undefined,
    delayLevel: delayed && draft.delayBy === "level" ? draft.delayLevel : undefined,
    delaySeconds: delayed && draft.delayBy === "time" ? (draft.delaySeconds ?? undefined) : undefined,
    outcome: messageType === "TRANSACTION" ? draft.outcome : undefined,
  };
}
