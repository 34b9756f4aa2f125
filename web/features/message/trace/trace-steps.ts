import type { MessageTrace, TraceDelivery, TraceSend } from "#contract/trace.ts";

/** A line of the trace: `at` and `until` in epoch ms by the clock of who did it. */
export interface TraceStep {
  key: string;
  kind: "send" | "stored" | "end" | "recall" | "delivery";
  /** Who: a client's host, or a broker. */
  who: string;
  at: number | null;
  /** Null: it took no time, or nothing says how long. */
  until: number | null;
  cost: number | null;
  success: boolean | null;
  /** A delivery of which no end is recorded. */
  open: boolean;
  send?: TraceSend;
  delivery?: TraceDelivery;
  /** COMMIT_MESSAGE and its like, of a transaction. */
  state?: string | null;
  fromCheck?: boolean | null;
}

/** Steps under one heading: those of the producer and the broker, then those of each group. */
export interface TraceLane {
  kind: "producer" | "group";
  group: string | null;
  steps: TraceStep[];
}

export interface TraceAxis {
  /** What relative times count from: the first send, else the first step of all. */
  origin: number;
  from: number;
  to: number;
}

const plain = { until: null, cost: null, success: null, open: false };

const ofSend = (send: TraceSend, index: number): TraceStep => ({
  ...plain,
  key: `send ${index}`,
  kind: "send",
  who: send.client,
  at: send.at,
  until: send.at === null || send.cost === null ? null : send.at + send.cost,
  cost: send.cost,
  success: send.success,
  send,
});

function ofDelivery(delivery: TraceDelivery): TraceStep {
  const { beganAt, endedAt, cost, success, ended, client } = delivery;
  const byCost = beganAt === null || cost === null ? null : beganAt + cost;
  return {
    key: delivery.requestId,
    kind: "delivery",
    who: client,
    at: beganAt ?? endedAt,
    // Of messages that were delivered at once the cost is an average, the record of the end tells when.
    until: beganAt === null ? null : (endedAt ?? byCost),
    cost,
    success,
    open: !ended,
    delivery,
  };
}

/** By time, those without one last; what happened in the same millisecond stays in its order. */
const byTime = (a: TraceStep, b: TraceStep): number =>
  (a.at ?? Number.MAX_SAFE_INTEGER) - (b.at ?? Number.MAX_SAFE_INTEGER);

export function lanesOf(trace: Pick<MessageTrace, "sends" | "ends" | "recalls" | "stored" | "groups">): TraceLane[] {
  const { sends, ends, recalls, stored, groups } = trace;
  const marks: TraceStep[] = [
    ...(stored === null
      ? []
      : [{ ...plain, key: "stored", kind: "stored" as const, who: stored.brokerName, at: stored.at }]),
    ...ends.map(({ at, client, state, fromCheck }, index) => ({
      ...plain,
      key: `end ${index}`,
      kind: "end" as const,
      who: client,
      at,
      state,
      fromCheck,
    })),
    ...recalls.map(({ at, client, success }, index) => ({
      ...plain,
      key: `recall ${index}`,
      kind: "recall" as const,
      who: client,
      at,
      success,
    })),
  ];
  const ofProducer = [...sends.map(ofSend), ...marks].sort(byTime);
  const group = sends.find((send) => send.group !== null)?.group ?? null;
  return [
    ...(ofProducer.length === 0 ? [] : [{ kind: "producer" as const, group, steps: ofProducer }]),
    ...groups.map((one) => ({ kind: "group" as const, group: one.group, steps: one.deliveries.map(ofDelivery) })),
  ];
}

/** The time that all steps share; undefined where none tells one. */
export function axisOf(lanes: readonly TraceLane[]): TraceAxis | undefined {
  const steps = lanes.flatMap((lane) => lane.steps);
  const times = steps.flatMap(({ at, until }) => [at, until]).filter((time) => time !== null);
  const [first] = times;
  if (first === undefined) return undefined;
  const from = times.reduce((least, time) => Math.min(least, time), first);
  const to = times.reduce((most, time) => Math.max(most, time), first);
  const origin = steps.find(({ kind, at }) => kind === "send" && at !== null)?.at ?? from;
  return { origin, from, to: Math.max(to, from + 1) };
}

/** Where a step lies on the axis, in parts of a hundred; what ended before it began is turned round and marked. */
export function placeOn(axis: TraceAxis, { at, until, open }: TraceStep) {
  if (at === null) return undefined;
  const end = open ? axis.to : (until ?? at);
  const part = (time: number) => ((time - axis.from) / (axis.to - axis.from)) * 100;
  return { left: part(Math.min(at, end)), width: part(Math.max(at, end)) - part(Math.min(at, end)), turned: end < at };
}
