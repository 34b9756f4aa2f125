import { contract } from "#contract/contract.ts";
import { exampleInput } from "./example-input.ts";

/** Values for what rows ask for, by name; those of the good answers of sandbox/fault-proxy. */
export interface RowSubject {
  instanceId: string;
  topic: string;
  group: string;
  brokerName: string;
  clientId: string;
  key: string;
  /** Of a message: what its client gave it, and where a broker stored it. */
  id: string;
  offsetMsgId: string;
  namesrvAddrs: readonly string[];
}

const DAY_MS = 86_400_000;

function valuesOf(subject: RowSubject, now: number): Readonly<Record<string, unknown>> {
  const { topic, group, brokerName } = subject;
  const place = { topic, brokerName, queueId: 0, queueOffset: "0" };
  return {
    ...subject,
    ...place,
    traceTopic: topic,
    from: now - DAY_MS,
    to: now + DAY_MS,
    metrics: ["broker_tps", "consumer_lag_messages"],
    messages: [place],
    brokers: [brokerName],
    messageType: "NORMAL",
    queues: 1,
    perm: 6,
    group,
    topics: [topic],
    groups: [group],
    jobId: "none",
    checkId: "none",
    undo: "none",
    hours: 72,
    name: "name",
    expression: "true",
    query: "",
    viewId: "none",
  };
}

/** Rows that are asked otherwise than with what they must be given alone, by path: each way takes other turns inside. */
const waysOf = (subject: RowSubject): Readonly<Record<string, readonly Record<string, unknown>[]>> => ({
  "topic/list": [{ fresh: true }, { sort: "lag", order: "desc", fresh: true }, { sort: "readQueues", kind: "normal" }],
  "topic/get": [{ since: 0 }],
  "topic/planCreate": [{ topic: "rows-new-topic" }],
  "group/planCreate": [{ group: "rows-new-group" }],
  "group/list": [{ fresh: true }, { sort: "lag", order: "desc", fresh: true }],
  "group/runningInfo": [{ stack: true }],
  "group/planDelete": [{ withTopics: true }],
  "deadLetter/list": [{ order: "newest" }, { order: "oldest" }],
  "deadLetter/byId": [{}, { id: subject.offsetMsgId }],
  // Of dead letters, of which there are none.
  "deadLetter/original": [],
  "resend/known": [],
  "online/producers": [{ fresh: true }, { sort: "lastSentAt", order: "desc" }],
  "online/consumers": [{ fresh: true }, { sort: "lag", order: "desc" }],
  "message/byTime": [{ order: "newest" }, { order: "oldest" }],
  "message/byId": [{ topic: subject.topic }, { id: subject.offsetMsgId }],
  "message/byOffset": [{ count: 32 }],
  "scan/cost": [{}, { source: "unread", group: subject.group }],
  "scan/run": [{ expression: "body.text != ''" }],
  "scan/wouldMatch": [{ type: "TAG" }, { type: "SQL92" }],
  // They start jobs, which take their turns.
  "deadLetter/export": [],
  "scan/export": [],
  // Of a half message that was given up, which none of these is.
  "pending/planResume": [],
  "dialTest/produce": [{ despiteConsumers: true }],
  "dialTest/planConsume": [{ from: "earliest" }, { from: "time", time: 0 }],
  "dialTest/planRoundTrip": [
    { topic: subject.topic },
    { topic: subject.topic, receiver: "group", group: subject.group },
  ],
  "dialTest/planLoad": [{ topic: subject.topic, rate: 1 }, { threads: 1 }],
  "dialTest/consume": [{ from: "earliest", timeoutSeconds: 1 }],
});

export interface RowCall {
  path: string;
  input: Record<string, unknown>;
}

/**
 * Every row of the contract that reads an instance or plans, tests or searches in it, with an input; rows that come later are among them
 * by themselves, but for those that take back what was done before, or are of a job. A row that needs a value of a new name needs it in `valuesOf`.
 */
export function readingRows(subject: RowSubject, also: readonly string[] = []): RowCall[] {
  const values = valuesOf(subject, Date.now());
  const ways = waysOf(subject);
  const rows = Object.entries(contract).flatMap(([domain, table]) =>
    Object.entries(table).map(([name, row]) => ({ path: `${domain}/${name}`, definition: row["~orpc"] })),
  );
  return rows.flatMap(({ path, definition }): RowCall[] => {
    const { action, audit } = definition.meta;
    const reads = action.endsWith(":read") && audit !== "write" && definition.inputSchema !== undefined;
    if (!reads && !also.includes(path)) return [];
    const input = exampleInput(definition.inputSchema, values);
    if ((input["instanceId"] === undefined && !also.includes(path)) || "undo" in input || "jobId" in input) return [];
    return (ways[path] ?? [{}]).map((more) => ({ path, input: { ...input, ...more } }));
  });
}
