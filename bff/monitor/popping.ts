import { askClient } from "../cluster/client-info.ts";
import { onlineClients, presenceOf, type Connections } from "../cluster/group-connections.ts";
import { isMadeToPop } from "../rocketmq/admin/offset-reset.ts";
import { mapBounded } from "../rocketmq/bounded.ts";
import type { RocketMQCluster } from "../rocketmq/cluster/cluster.ts";
import { asRocketMQError } from "../rocketmq/errors.ts";
import type { Known } from "./sweep-clients.ts";

/** Whether clients of a group pop: null while it may be so. What they have not acknowledged they say themselves, and each has to. */
export interface Popping {
  pops: boolean | null;
  unacked: bigint | null;
}

const notPopping: Popping = { pops: false, unacked: null };

/** As they were last heard, of one topic or of all. */
export function poppingOf({ clients }: Known, group: string, topic?: string): Popping {
  const known = clients?.byName.get(group);
  if (clients === undefined || known === undefined) return { pops: null, unacked: null };
  const popped = known.infos
    .flatMap(({ popQueues }) => popQueues)
    .filter((queue) => topic === undefined || queue.topic === topic);
  const allSaid = clients.isWhole(group) && known.online.every(({ told }) => told?.info?.cut === false);
  if (popped.length === 0) return { pops: allSaid ? false : null, unacked: null };
  return { pops: true, unacked: allSaid ? popped.reduce((sum, { unacked }) => sum + BigInt(unacked), 0n) : null };
}

/** A client is asked no longer: what it does not say is not known. */
const ANSWER_MS = 3000;
/** Topics of a group that a broker is asked about. */
const TOPICS_MAX = 16;

/** The same, asked of a client where none was heard yet. Those of Java do not show it: a broker may let them pop, and they alone say whether they do. */
export async function poppingNow(
  cluster: RocketMQCluster,
  known: Known,
  { group, topic, connections }: { group: string; topic?: string; connections: Connections },
): Promise<Popping> {
  const said = poppingOf(known, group, topic);
  if (said.pops !== null || presenceOf(connections).pop) return said;
  const online = onlineClients(connections);
  const client = online.find(({ consumeType }) => consumeType === "CONSUME_PASSIVELY");
  // Who pops through a proxy that is not known, or without a heartbeat, is not seen, and may hold messages.
  if (client === undefined) return online.length > 0 && connections.failures.length === 0 ? notPopping : said;
  const { clientId, via } = client;
  const subscribed = connections.items.flatMap(({ value }) => [...value.subscriptionTable.keys()]);
  const topics = topic === undefined ? [...new Set(subscribed)].slice(0, TOPICS_MAX) : [topic];
  try {
    const may = await mapBounded(topics, 4, (one) => isMadeToPop(cluster, via.addr, { group, topic: one, clientId }));
    if (!may.includes(true)) return notPopping;
    const { popQueues } = await askClient(cluster, group, client, ANSWER_MS);
    return { pops: popQueues.some((queue) => topics.includes(queue.topic)), unacked: null };
  } catch (error) {
    asRocketMQError(error);
    return said;
  }
}
