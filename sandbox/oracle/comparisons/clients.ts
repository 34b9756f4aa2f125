import { RETRY_PREFIX } from "#contract/rules/names.ts";
import { z } from "zod";
import type { Judge, Question, Sides } from "../judge.ts";
import { type Oracle, OracleError } from "../oracle.ts";
import type { MasterAddr, Scene } from "../scene.ts";
import { byKey, nameSet, type Sheet } from "../sheet.ts";

const CONSUMER_NOT_ONLINE = 206;

/** What each server knows of a group's clients; those where none is online are left out. */
export async function connectionsAt(oracle: Oracle, servers: readonly MasterAddr[], group: string) {
  const asked = await Promise.all(
    servers.map(async ({ brokerName, addr }) => {
      try {
        const connection = await oracle.ask("examineConsumerConnectionInfo", [group, addr]);
        return [{ brokerName, connection }];
      } catch (error) {
        if (error instanceof OracleError && error.responseCode === CONSUMER_NOT_ONLINE) return [];
        throw error;
      }
    }),
  );
  return asked.flat();
}

const versionOf = async (oracle: Oracle, ordinal: number): Promise<string> => {
  const desc = z.string().parse(await oracle.call("org.apache.rocketmq.common.MQVersion", "getVersionDesc", [ordinal]));
  return desc.replace(/^V/, "").replaceAll("_", ".");
};

type Connections = Awaited<ReturnType<typeof connectionsAt>>;

async function clientsSheet(oracle: Oracle, connections: Connections): Promise<Sheet> {
  const clients = new Map<string, Sheet & { seenAt: Record<string, true> }>();
  for (const { brokerName, connection } of connections) {
    for (const { clientId, clientAddr, language, version } of connection.connectionSet) {
      const known = clients.get(clientId);
      if (known !== undefined) known.seenAt[brokerName] = true;
      else {
        clients.set(clientId, {
          address: clientAddr,
          language,
          version: await versionOf(oracle, version),
          consumeType: connection.consumeType,
          messageModel: connection.messageModel,
          consumeFromWhere: connection.consumeFromWhere,
          shared: connection.connectionSet.filter((other) => other.clientId === clientId).length > 1,
          seenAt: { [brokerName]: true },
        });
      }
    }
  }
  return Object.fromEntries(clients);
}

const subscriptionKey = (row: { topic: string; expression: string | null; type: string | null }) =>
  `${row.topic} ${row.type} ${row.expression}`;

const subscriptionsOf = (connections: Connections) =>
  connections.flatMap(({ connection }) =>
    [...connection.subscriptionTable.values()].map(({ topic, subString, expressionType }) => ({
      topic,
      expression: subString,
      type: expressionType,
    })),
  );

function ofGroup(sides: Sides, servers: readonly MasterAddr[], group: string): Question[] {
  const { api, instanceId, oracle } = sides;
  return [
    {
      what: "Clients: online",
      subject: group,
      oracle: async () => clientsSheet(oracle, await connectionsAt(oracle, servers, group)),
      console: async () =>
        byKey(
          (await api.group.clients({ instanceId, group })).items,
          ({ clientId }) => clientId,
          ({ clientId: _, seenAt, ...client }) => ({ ...client, seenAt: nameSet(seenAt) }),
        ),
    },
    {
      what: "Clients: subscriptions",
      subject: group,
      oracle: async () => nameSet(subscriptionsOf(await connectionsAt(oracle, servers, group)).map(subscriptionKey)),
      console: async () => {
        const { items } = await api.group.subscriptions({ instanceId, group });
        return nameSet(items.filter(({ expression }) => expression !== null).map(subscriptionKey));
      },
    },
    {
      what: "Clients: how many and in which model",
      subject: group,
      oracle: async () => {
        const connections = await connectionsAt(oracle, servers, group);
        const ids = connections.flatMap(({ connection }) => connection.connectionSet.map(({ clientId }) => clientId));
        return { clients: new Set(ids).size, messageModel: connections[0]?.connection.messageModel ?? null };
      },
      console: async () => {
        const { clients, messageModel } = await api.group.get({ instanceId, group });
        return { clients, messageModel };
      },
    },
  ];
}

/** Clocks and uptimes of a client, which stand still in no two answers. */
const isMoving = (property: string) => /TIMESTAMP|TIME/.test(property);

function ofClient(sides: Sides, group: string, clientId: string): Question[] {
  const { api, instanceId, oracle } = sides;
  const info = () => oracle.ask("getConsumerRunningInfo", [group, clientId, false]);
  return [
    {
      what: "Clients: running info",
      subject: `${group} ${clientId}`,
      oracle: async () => {
        const { properties, mqTable } = await info();
        return {
          properties: Object.fromEntries([...properties].filter(([name]) => !isMoving(name))),
          queues: byKey(
            mqTable,
            ([{ topic, brokerName, queueId }]) => `${topic}.${brokerName}.${queueId}`,
            ([, { commitOffset, cachedMsgCount, cachedMsgSizeInMiB, locked }]) => ({
              commitOffset,
              cachedMessages: cachedMsgCount,
              cachedMiB: cachedMsgSizeInMiB,
              locked,
            }),
          ),
        };
      },
      console: async () => {
        const { properties, queues } = await api.group.runningInfo({ instanceId, group, clientId });
        return {
          properties: Object.fromEntries(Object.entries(properties).filter(([name]) => !isMoving(name))),
          queues: byKey(
            queues,
            ({ topic, brokerName, queueId }) => `${topic}.${brokerName}.${queueId}`,
            ({ commitOffset, cachedMessages, cachedMiB, locked }) => ({
              commitOffset,
              cachedMessages,
              cachedMiB,
              locked,
            }),
          ),
        };
      },
    },
    {
      what: "Clients: what each subscribes to",
      subject: `${group} ${clientId}`,
      oracle: async () =>
        Object.fromEntries(
          (await info()).subscriptionSet
            .filter(({ topic }) => !topic.startsWith(RETRY_PREFIX))
            .map(({ topic, subString, expressionType }) => [topic, `${expressionType} ${subString}`]),
        ),
      console: async () => {
        const { clients } = await api.group.consistency({ instanceId, group, fresh: true });
        const own = clients.find((client) => client.clientId === clientId)?.subscriptions ?? [];
        return byKey(
          own.filter(({ topic }) => !topic.startsWith(RETRY_PREFIX)),
          ({ topic }) => topic,
          ({ type, expression }) => `${type} ${expression}`,
        );
      },
    },
  ];
}

/** Who is online in every group, and what each client says of itself; gRPC clients are known to proxies alone. */
export async function judgeClients(judge: Judge, scene: Scene): Promise<void> {
  const { sides } = judge;
  const servers = [...scene.masters, ...scene.proxies];
  const groups = [...scene.groups.keys()];
  await judge.compareAll(groups.flatMap((group) => ofGroup(sides, servers, group)));
  for (const group of groups) {
    const connections = await connectionsAt(sides.oracle, scene.masters, group);
    const ids = new Set(connections.flatMap(({ connection }) => connection.connectionSet.map((one) => one.clientId)));
    await judge.compareAll([...ids].flatMap((clientId) => ofClient(sides, group, clientId)));
  }
}
