import { TIME_MAX } from "./shape.ts";

/** Types of records that clients write. Source: TraceType.java; `Recall` since 5.3.1. */
export type TraceType = "Pub" | "SubBefore" | "SubAfter" | "EndTransaction" | "Recall";

interface Told {
  /** The client's clock, epoch ms: before a send or a delivery, after one for `SubAfter`. Null: not told. */
  at: number | null;
  group: string | null;
  /** Ids as the client knows the message: UNIQ_KEY, else offsetMsgId; of a batch all of them. */
  msgIds: readonly string[];
  keys: readonly string[];
}

/** A send, once the broker answered it; one that failed leaves no record. */
export interface PubRecord extends Told {
  type: "Pub";
  topic: string | null;
  tags: string | null;
  /** The broker's address. */
  storeHost: string | null;
  bodySize: number | null;
  /** Milliseconds; negative when the client's clock was set back meanwhile. */
  cost: number | null;
  msgType: MsgType | null;
  offsetMsgId: string | null;
  success: boolean | null;
  /** Told by Go clients and old Java ones alone. */
  clientHost: string | null;
}

export interface SubBeforeRecord extends Told {
  type: "SubBefore";
  /** The same in the record of its end. */
  requestId: string;
  retryTimes: number | null;
  clientHost: string | null;
}

export interface SubAfterRecord extends Told {
  type: "SubAfter";
  requestId: string;
  /** Milliseconds; messages that were delivered at once share them, each has the average. */
  cost: number | null;
  success: boolean | null;
  /** Null: C++ and old clients do not tell. */
  context: ConsumeContext | null;
}

/** What a producer told of the end of a transaction. */
export interface EndTransactionRecord extends Told {
  type: "EndTransaction";
  topic: string | null;
  tags: string | null;
  storeHost: string | null;
  transactionId: string | null;
  /** COMMIT_MESSAGE, ROLLBACK_MESSAGE or UNKNOW; what another client may say stays as it is. */
  state: string | null;
  /** The broker had asked. */
  fromCheck: boolean | null;
}

export interface RecallRecord extends Told {
  type: "Recall";
  topic: string | null;
  success: boolean | null;
}

/** What cannot be read; its ids and keys are those that stood in their places. */
export interface BrokenRecord extends Told {
  type: "broken";
  /** Its beginning, fields divided by `|`. */
  text: string;
}

export type TraceRecord =
  | PubRecord
  | SubBeforeRecord
  | SubAfterRecord
  | EndTransactionRecord
  | RecallRecord
  | BrokenRecord;

/** Source: MessageType.java of rocketmq-common, by ordinal. */
const MSG_TYPES = ["normal", "half", "commit", "delay", "order"] as const;
export type MsgType = (typeof MSG_TYPES)[number];

/** Source: ConsumeReturnType.java, by ordinal. */
const CONTEXTS = ["success", "timeout", "exception", "returnedNull", "failed"] as const;
export type ConsumeContext = (typeof CONTEXTS)[number];

const FIELD = "\u0001";
const RECORD = "\u0002";
/** In one body: Java clients put at most some hundred there, the rest of a longer one is left out. */
export const RECORDS_MAX = 4096;
/** Characters of a field; what is longer is cut. */
export const FIELD_MAX = 4096;
/** Ids of a batch, and keys. */
const LIST_MAX = 4096;
const BROKEN_TEXT_MAX = 256;

/** How many fields a record has at least, its type among them: only from there on the next may follow without a mark between. */
const SHORTEST: Readonly<Record<TraceType, number>> = {
  Pub: 12,
  SubBefore: 8,
  SubAfter: 6,
  EndTransaction: 13,
  Recall: 7,
};
/** Where the id of the message stands, and its keys. */
const PLACES: Readonly<Record<TraceType, { id: number; keys: number }>> = {
  Pub: { id: 5, keys: 7 },
  SubBefore: { id: 5, keys: 7 },
  SubAfter: { id: 2, keys: 5 },
  EndTransaction: { id: 5, keys: 7 },
  Recall: { id: 5, keys: -1 },
};

const isType = (field: string | undefined): field is TraceType => field !== undefined && Object.hasOwn(SHORTEST, field);

class Broken extends Error {}

/** Nulls of Java are the text `null`, those of Go and C++ empty. */
const textOf = (field: string | undefined): string | null =>
  field === undefined || field === "" || field === "null" ? null : field.slice(0, FIELD_MAX);

function integerOf(field: string | undefined): number | null {
  if (textOf(field) === null) return null;
  const value = /^-?\d{1,16}$/.test(field ?? "") ? Number(field) : Number.NaN;
  if (!Number.isSafeInteger(value)) throw new Broken();
  return value;
}

function timeOf(field: string | undefined): number | null {
  const time = integerOf(field);
  return time === null || time <= 0 || time > TIME_MAX ? null : time;
}

function flagOf(field: string | undefined): boolean | null {
  if (textOf(field) === null) return null;
  if (field !== "true" && field !== "false") throw new Broken();
  return field === "true";
}

function named<T extends string>(names: readonly T[], field: string | undefined): T | null {
  const ordinal = integerOf(field);
  return ordinal === null ? null : (names[ordinal] ?? null);
}

function must(field: string | undefined): string {
  const text = textOf(field);
  if (text === null) throw new Broken();
  return text;
}

const listOf = (field: string | undefined, between: string): string[] => {
  if (field === undefined || field === "null") return [];
  const parts = field.split(between, LIST_MAX).filter((part) => part !== "");
  return parts.map((part) => part.slice(0, FIELD_MAX));
};

/** C++ clients write this where a message has no key. */
const NO_KEY = "dKey";
const keysOf = (field: string | undefined) => listOf(field, " ").filter((key) => key !== NO_KEY);

const idsOf = (field: string | undefined): string[] => {
  const ids = listOf(field, ",");
  if (ids.length === 0) throw new Broken();
  return ids;
};

const readers: { readonly [T in TraceType]: (f: readonly string[]) => Extract<TraceRecord, { type: T }> } = {
  Pub: (f) => ({
    type: "Pub",
    at: timeOf(f[1]),
    group: textOf(f[3]),
    topic: textOf(f[4]),
    msgIds: idsOf(f[5]),
    tags: textOf(f[6]),
    keys: keysOf(f[7]),
    storeHost: textOf(f[8]),
    bodySize: integerOf(f[9]),
    cost: integerOf(f[10]),
    msgType: named(MSG_TYPES, f[11]),
    // The oldest clients do not tell where the broker put it.
    ...(f.length <= 13
      ? { offsetMsgId: null, success: flagOf(f[12]) }
      : { offsetMsgId: textOf(f[12]), success: flagOf(f[13]) }),
    clientHost: textOf(f[14]),
  }),
  SubBefore: (f) => ({
    type: "SubBefore",
    at: timeOf(f[1]),
    group: textOf(f[3]),
    requestId: must(f[4]),
    msgIds: idsOf(f[5]),
    retryTimes: integerOf(f[6]),
    keys: keysOf(f[7]),
    clientHost: textOf(f[8]),
  }),
  SubAfter: (f) => ({
    type: "SubAfter",
    requestId: must(f[1]),
    msgIds: idsOf(f[2]),
    cost: integerOf(f[3]),
    success: flagOf(f[4]),
    keys: keysOf(f[5]),
    context: named(CONTEXTS, f[6]),
    at: timeOf(f[7]),
    group: textOf(f[8]),
  }),
  EndTransaction: (f) => ({
    type: "EndTransaction",
    at: timeOf(f[1]),
    group: textOf(f[3]),
    topic: textOf(f[4]),
    msgIds: idsOf(f[5]),
    tags: textOf(f[6]),
    keys: keysOf(f[7]),
    storeHost: textOf(f[8]),
    transactionId: textOf(f[10]),
    state: textOf(f[11]),
    fromCheck: flagOf(f[12]),
  }),
  Recall: (f) => ({
    type: "Recall",
    at: timeOf(f[1]),
    group: textOf(f[3]),
    topic: textOf(f[4]),
    msgIds: idsOf(f[5]),
    keys: [],
    success: flagOf(f[6]),
  }),
};

function brokenOf(fields: readonly string[]): BrokenRecord {
  const [type] = fields;
  const { id, keys } = isType(type) ? PLACES[type] : { id: -1, keys: -1 };
  return {
    type: "broken",
    at: null,
    group: null,
    msgIds: listOf(fields[id], ","),
    keys: keysOf(fields[keys]),
    text: fields.join("|").slice(0, BROKEN_TEXT_MAX),
  };
}

function read(fields: readonly string[]): TraceRecord {
  const [type] = fields;
  try {
    if (isType(type)) return readers[type](fields);
  } catch (error) {
    if (!(error instanceof Broken)) throw error;
  }
  return brokenOf(fields);
}

/** Clients before 5.3 left out the mark after `SubAfter` with CLOUD access, so that the next record begins among the fields of the one before. */
function* apart(fields: readonly string[]): Generator<readonly string[]> {
  let from = 0;
  for (;;) {
    const type = fields[from];
    if (!isType(type)) break;
    const first = from + SHORTEST[type];
    const next = fields.findIndex((field, index) => index >= first && isType(field));
    if (next === -1) break;
    yield fields.slice(from, next);
    from = next;
  }
  yield from === 0 ? fields : fields.slice(from);
}

/**
 * The records of a trace message's body: `TYPE 0x01 field 0x01 … 0x02`. Never throws; a record that cannot be read is a `broken` one
 * and takes nothing from the others. `cut`: the body holds more than is read. Source: TraceDataEncoder.java of rocketmq-client,
 * trace.go of rocketmq-client-go, TraceUtil.cpp of rocketmq-client-cpp.
 */
export function decodeTraceRecords(body: Uint8Array): { records: TraceRecord[]; cut: boolean } {
  const texts = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
    .toString("utf8")
    .split(RECORD, RECORDS_MAX + 1);
  const records: TraceRecord[] = [];
  for (const text of texts) {
    if (text === "") continue;
    for (const fields of apart(text.split(FIELD, RECORDS_MAX * 4))) {
      if (records.length === RECORDS_MAX) return { records, cut: true };
      records.push(read(fields));
    }
  }
  return { records, cut: false };
}
