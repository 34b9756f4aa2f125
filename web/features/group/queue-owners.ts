import { useQuery } from "@tanstack/react-query";
import { api } from "../../lib/api.ts";

/** Clients are asked in turn while somebody looks; that costs none here. */
const EVERY_MS = 10_000;

/** What the clients of a group said of themselves when they were last asked. */
export const useConsistency = (input: { instanceId: string; group: string }) =>
  useQuery(api.group.consistency.queryOptions({ input, refetchInterval: EVERY_MS }));

interface Queue {
  topic: string;
  brokerName: string;
  queueId: number;
}

const keyOf = ({ topic, brokerName, queueId }: Queue) => `${topic} ${brokerName} ${queueId}`;

/**
 * Whose each queue is: the ids of its clients, none where nobody has it, and null where nobody can say: a client did not say all, or they pop and
 * share all queues.
 */
export function useOwners(input: { instanceId: string; group: string }): (queue: Queue) => string[] | null {
  const { data } = useConsistency(input);
  const owners = new Map<string, string[]>();
  for (const { clientId, queues } of data?.clients ?? [])
    for (const queue of queues ?? []) owners.set(keyOf(queue), [...(owners.get(keyOf(queue)) ?? []), clientId]);
  const told =
    data?.failures.length === 0 &&
    data.clients.length > 0 &&
    data.clients.every(({ queues, unacked, cut }) => queues !== null && unacked === null && !cut);
  return (queue) => owners.get(keyOf(queue)) ?? (told ? [] : null);
}
