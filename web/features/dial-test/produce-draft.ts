import {
  DIAL_BODY_MAX,
  DIAL_COUNT_MAX,
  DIAL_DELAY_SECONDS_MAX,
  DIAL_PROPERTIES_MAX,
  DIAL_SIZE_KB_MAX,
  DIAL_TOTAL_KB_MAX,
} from "#contract/rules/limits.ts";
import type { MessageType } from "#contract/rules/topic.ts";
import type { DialTestsSearch, sendModes } from "./dial-test-search.ts";

export type SendMode = (typeof sendModes)[number];

/** A produce test as its form has it; a cleared figure is null. */
export interface ProduceDraft {
  topic: string;
  /** Undefined: as the topic is. */
  messageType: MessageType | undefined;
  /** A message of one's own, or any number that the console fills. */
  mode: SendMode;
  count: number | null;
  sizeKb: number | null;
  tag: string;
  keys: string;
  /** `name=value`, a line each. */
  properties: string;
  /** Never in the URL: the tab keeps it. */
  body: string;
  /** The test whose body this is. */
  bodyOf: string | undefined;
  shardingKey: string;
  delayBy: "level" | "time";
  delayLevel: number;
  delaySeconds: number | null;
  outcome: "commit" | "rollback";
  /** Never in the URL: whoever runs a test again has to say it again. */
  despiteConsumers: boolean;
}

/** How many messages are usual. */
export const usualCount: Record<SendMode, number> = { own: 1, filled: 10 };
const SIZE_KB = 1;
const DELAY_LEVEL = 3;

export const produceDraftOf = (search: DialTestsSearch, body = ""): ProduceDraft => ({
  topic: search.topic ?? "",
  messageType: search.type,
  mode: search.mode ?? "own",
  count: search.count ?? usualCount[search.mode ?? "own"],
  sizeKb: search.size ?? SIZE_KB,
  tag: search.tag ?? "",
  keys: search.keys ?? "",
  properties: search.properties ?? "",
  body,
  bodyOf: search.bodyOf,
  shardingKey: search.sharding ?? "",
  delayBy: search.delay === undefined ? "level" : "time",
  delayLevel: search.level ?? DELAY_LEVEL,
  delaySeconds: search.delay ?? 60,
  outcome: search.outcome ?? "commit",
  despiteConsumers: false,
});

const unless = <T>(value: T | null, usual: T): T | undefined => (value === usual || value === null ? undefined : value);
const filled = (value: string): string | undefined => (value.trim() === "" ? undefined : value.trim());

export function produceSearchOf(draft: ProduceDraft): Partial<DialTestsSearch> {
  const { messageType: type, mode } = draft;
  const byTime = draft.delayBy === "time";
  const mayBe = (other: MessageType) => type === undefined || type === other;
  return {
    topic: filled(draft.topic),
    type,
    mode: unless(mode, "own"),
    count: unless(draft.count, usualCount[mode]),
    size: mode === "own" ? undefined : unless(draft.sizeKb, SIZE_KB),
    tag: filled(draft.tag),
    keys: filled(draft.keys),
    properties: filled(draft.properties),
    bodyOf: mode === "own" ? draft.bodyOf : undefined,
    sharding: mayBe("FIFO") ? filled(draft.shardingKey) : undefined,
    level: mayBe("DELAY") && !byTime ? unless(draft.delayLevel, DELAY_LEVEL) : undefined,
    delay: mayBe("DELAY") && byTime ? (draft.delaySeconds ?? undefined) : undefined,
    outcome: mayBe("TRANSACTION") ? unless(draft.outcome, "commit") : undefined,
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

/** What is wrong with a draft of messages of a type, by field; texts are under `fault`. */
export function produceFaults(draft: ProduceDraft, type: MessageType): Partial<Record<keyof ProduceDraft, string>> {
  const { count, sizeKb, body } = draft;
  const properties = readProperties(draft.properties);
  const ownBody = draft.mode === "own";
  const kb = ownBody ? body.length / 1024 : (sizeKb ?? 0);
  const faults: [keyof ProduceDraft, string, boolean][] = [
    ["topic", "required", draft.topic.trim() === ""],
    ["count", "total.range", (count ?? 0) * kb > DIAL_TOTAL_KB_MAX],
    ["count", "count.range", !inRange(count, 1, DIAL_COUNT_MAX)],
    ["sizeKb", "size.range", !ownBody && !inRange(sizeKb, 1, DIAL_SIZE_KB_MAX)],
    ["properties", "properties.tooMany", Object.keys(properties ?? {}).length > DIAL_PROPERTIES_MAX],
    ["properties", "properties.form", properties === undefined],
    ["body", "required", ownBody && body.trim() === ""],
    ["body", "body.tooLong", ownBody && body.length > DIAL_BODY_MAX],
    [
      "delaySeconds",
      "delay.range",
      type === "DELAY" && draft.delayBy === "time" && !inRange(draft.delaySeconds, 1, DIAL_DELAY_SECONDS_MAX),
    ],
  ];
  return Object.fromEntries(faults.flatMap(([field, fault, wrong]) => (wrong ? [[field, fault]] : [])));
}

/** The draft as the API takes it; only what may belong to its type of message. */
export function produceInputOf(instanceId: string, draft: ProduceDraft) {
  const { messageType, mode } = draft;
  const properties = readProperties(draft.properties) ?? {};
  const mayBe = (other: MessageType) => messageType === undefined || messageType === other;
  return {
    instanceId,
    topic: draft.topic.trim(),
    messageType,
    count: draft.count ?? usualCount[mode],
    sizeKb: draft.sizeKb ?? SIZE_KB,
    tag: filled(draft.tag),
    keys: filled(draft.keys),
    properties: Object.keys(properties).length === 0 ? undefined : properties,
    body: mode === "own" && draft.body.trim() !== "" ? draft.body : undefined,
    shardingKey: mayBe("FIFO") ? filled(draft.shardingKey) : undefined,
    delayLevel: mayBe("DELAY") && draft.delayBy === "level" ? draft.delayLevel : undefined,
    delaySeconds: mayBe("DELAY") && draft.delayBy === "time" ? (draft.delaySeconds ?? undefined) : undefined,
    outcome: mayBe("TRANSACTION") ? draft.outcome : undefined,
    despiteConsumers: draft.despiteConsumers,
  };
}
