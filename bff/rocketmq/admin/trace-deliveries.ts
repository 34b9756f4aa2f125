import type { ConsumeContext, SubAfterRecord, SubBeforeRecord } from "../codec/trace-record.ts";
import type { KeptRecord } from "./trace-reader.ts";

/** A message given to a client's listener once. Times are the client's, epoch ms. */
export interface Delivery {
  requestId: string;
  /** Null: neither record tells it. */
  group: string | null;
  /** How often it had been given back before; null where its beginning is not recorded. */
  attempt: number | null;
  /** Null: only the end is recorded. */
  beganAt: number | null;
  /** Null: no end is recorded, or old and C++ clients do not tell its time. */
  endedAt: number | null;
  /** Whether its end is recorded. */
  ended: boolean;
  /** Milliseconds; messages that were delivered at once share them, and each has the average. */
  cost: number | null;
  success: boolean | null;
  context: ConsumeContext | null;
  /** Its host where the record tells it, else from where it sent its records. */
  client: string;
  /** When a broker stored its first record. */
  recordedAt: number;
}

interface Halves {
  first: KeptRecord;
  before?: SubBeforeRecord;
  after?: SubAfterRecord;
}

function joined(requestId: string, { first, before, after }: Halves): Delivery {
  return {
    requestId,
    group: before?.group ?? after?.group ?? null,
    attempt: before?.retryTimes ?? null,
    beganAt: before?.at ?? null,
    endedAt: after?.at ?? null,
    ended: after !== undefined,
    cost: after?.cost ?? null,
    success: after?.success ?? null,
    context: after?.context ?? null,
    client: before?.clientHost ?? first.sentFrom,
    recordedAt: first.storedAt,
  };
}

/** The deliveries of a message, each from the record before and the one after it, which share a request id. Oldest first. */
export function deliveriesIn(records: readonly KeptRecord[], msgId: string): Delivery[] {
  const byRequest = new Map<string, Halves>();
  for (const kept of records) {
    const { record } = kept;
    const isDelivery = record.type === "SubBefore" || record.type === "SubAfter";
    if (!isDelivery || !record.msgIds.includes(msgId)) continue;
    const halves = byRequest.get(record.requestId) ?? { first: kept };
    if (record.type === "SubBefore") halves.before ??= record;
    else halves.after ??= record;
    byRequest.set(record.requestId, halves);
  }
  const time = ({ beganAt, endedAt, recordedAt }: Delivery) => beganAt ?? endedAt ?? recordedAt;
  return [...byRequest].map(([requestId, halves]) => joined(requestId, halves)).sort((a, b) => time(a) - time(b));
}
