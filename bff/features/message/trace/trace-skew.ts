import type { TraceDelivery, TraceSend, TraceSkew } from "#contract/trace.ts";

interface Told {
  client: string;
  at: number | null;
  recordedAt: number;
}

/** Where the clocks of clients contradict those of brokers, or themselves: the most that each host was seen to be off in either way. */
export function skewOf(
  sends: readonly TraceSend[],
  deliveries: readonly TraceDelivery[],
  others: readonly Told[],
  storedAt: number | undefined,
): TraceSkew[] {
  const most = new Map<string, TraceSkew>();
  const note = (kind: TraceSkew["kind"], client: string, byMs: number) => {
    const key = `${kind} ${client}`;
    const known = most.get(key);
    if (byMs > 0 && (known === undefined || byMs > known.byMs)) most.set(key, { kind, client, byMs });
  };
  const began = deliveries.map(({ client, beganAt: at, recordedAt }) => ({ client, at, recordedAt }));
  for (const { client, at, recordedAt } of [...sends, ...began, ...others])
    if (at !== null) note("afterRecorded", client, at - recordedAt);
  for (const { client, beganAt, endedAt } of deliveries)
    if (beganAt !== null && endedAt !== null) note("endedBefore", client, beganAt - endedAt);
  if (storedAt === undefined) return [...most.values()];
  for (const { client, at } of sends) if (at !== null) note("afterStored", client, at - storedAt);
  for (const { client, beganAt } of deliveries) if (beganAt !== null) note("beforeStored", client, storedAt - beganAt);
  return [...most.values()];
}
