import { DLQ_PREFIX, isInnerProducer, RETRY_PREFIX } from "#contract/rules/names.ts";
import { has5x } from "../../jars.ts";
import type { Judge, Question, Sides } from "../judge.ts";
import type { Scene } from "../scene.ts";
import { byKey, nameSet, type Sheet } from "../sheet.ts";
import { totalOf } from "./comparison.ts";
import { connectionsAt } from "./clients.ts";
import { isBroadcasting, waitingOf, wholeProgressOf } from "./groups.ts";

/** What each master says of its producers, by group: address by client and broker. */
async function producersOf({ oracle }: Sides, { masters }: Scene) {
  const byGroup = new Map<string, Map<string, Record<string, string>>>();
  for (const { brokerName, addr } of masters) {
    const { data } = await oracle.ask("getAllProducerInfo", [addr]);
    for (const [group, infos] of data) {
      if (isInnerProducer(group)) continue;
      const clients = byGroup.get(group) ?? new Map<string, Record<string, string>>();
      byGroup.set(group, clients);
      for (const { clientId, remoteIP } of infos)
        clients.set(clientId, { ...clients.get(clientId), [brokerName]: remoteIP.replace(/^\//, "") });
    }
  }
  return byGroup;
}

const producers = (sides: Sides, scene: Scene): Question => ({
  what: "Online: producers and their connections",
  subject: "list",
  oracle: async () =>
    Object.fromEntries(
      [...(await producersOf(sides, scene))].map(([group, clients]) => [group, Object.fromEntries(clients)]),
    ),
  console: async () => {
    const { api, instanceId } = sides;
    const { items } = await api.online.producers({ instanceId, fresh: true, pageSize: 200 });
    const groups = new Set(items.map(({ group }) => group));
    const told = await Promise.all(
      [...groups].map(async (group): Promise<[string, Sheet]> => [
        group,
        byKey(
          (await api.online.producer({ instanceId, group })).items,
          ({ clientId }) => clientId,
          ({ connections }) => Object.fromEntries(connections.map(({ brokerName, address }) => [brokerName, address])),
        ),
      ]),
    );
    return Object.fromEntries(told);
  },
});

const isOfGroup = (topic: string) => topic.startsWith(RETRY_PREFIX) || topic.startsWith(DLQ_PREFIX);

const ZERO = "0";

/** What `consumerProgress` of mqadmin adds up; of what waits in queues that were never begun the tool makes no figure of its own. */
const lagOf = (sides: Sides, scene: Scene, group: string): Question => ({
  what: "Online: lag of topics",
  subject: group,
  oracle: async () => {
    const offsets = (await wholeProgressOf(sides.oracle, scene, group)).filter(([{ topic }]) => !isOfGroup(topic));
    const topics = new Set(offsets.map(([{ topic }]) => topic));
    return Object.fromEntries(
      [...topics].map((topic) => {
        const queues = offsets.flatMap(([queue, at]) => (queue.topic === topic ? [at] : []));
        return [
          topic,
          {
            total: totalOf(queues.map(({ brokerOffset }) => brokerOffset)),
            waiting: totalOf(queues.map((at) => waitingOf(at).toString())),
          },
        ];
      }),
    );
  },
  console: async () => {
    const { items } = await sides.api.online.lag({ instanceId: sides.instanceId, group });
    return byKey(
      items.filter(({ total }) => total !== null),
      ({ topic }) => topic,
      ({ total, lag, neverConsumed }) => ({ total, waiting: totalOf([lag ?? ZERO, neverConsumed ?? ZERO]) }),
    );
  },
});

const clientsOf = (sides: Sides, scene: Scene, group: string): Question => ({
  what: "Online: clients of groups",
  subject: group,
  oracle: async () => {
    const connections = await connectionsAt(sides.oracle, [...scene.masters, ...scene.proxies], group);
    return nameSet(connections.flatMap(({ connection }) => connection.connectionSet.map(({ clientId }) => clientId)));
  },
  console: async () => {
    const { clients } = await sides.api.online.consumer({ instanceId: sides.instanceId, group });
    return nameSet(clients.map(({ clientId }) => clientId));
  },
});

/** Who is connected, and how far the groups are with each topic. */
export async function judgeOnline(judge: Judge, scene: Scene): Promise<void> {
  const { sides } = judge;
  await judge.compareAll([producers(sides, scene)]);
  for (const group of scene.userGroups) {
    await judge.compareAll([clientsOf(sides, scene, group)]);
    const connections = await connectionsAt(sides.oracle, [...scene.masters, ...scene.proxies], group);
    if (has5x(sides.oracle.version) && !isBroadcasting(connections))
      await judge.compareAll([lagOf(sides, scene, group)]);
  }
}
