import type { ProducerClient, ProducerItem, ProducerSort } from "#contract/online.ts";
import type { Failure } from "#contract/list.ts";
import type { Deps } from "../../api/deps.ts";
import { failuresOf } from "../../cluster/failures.ts";
import { addressOf, onlineProducers, producersOfGroup } from "../../cluster/online-producers.ts";
import { byCodeUnit, containing, onPage, ranked } from "../../cluster/ranking.ts";
import { unseenClients } from "../../rocketmq/admin/proxies.ts";
import { versionName } from "../../rocketmq/codec/mq-version.ts";
import type { FanOut } from "../../rocketmq/cluster/fan-out.ts";
import type { BrokerTarget } from "../../rocketmq/cluster/targets.ts";
import type { ProducerInfo } from "../../rocketmq/rpc/producer.ts";
import { NEWEST } from "../../cluster/topic-producers.ts";
import type { Sending, SendingBook } from "./sending.ts";

interface ListProducers {
  instanceId: string;
  search?: string;
  broker?: string;
  page: number;
  pageSize: number;
  sort?: ProducerSort;
  order?: "asc" | "desc";
  fresh?: boolean;
}

/** A client has one connection to a broker; two of one id at one broker are two clients. Their hosts tell them apart at the others. */
export function producerClients(items: FanOut<BrokerTarget, ProducerInfo[]>["items"]): ProducerClient[] {
  const shared = new Set(
    items.flatMap(({ value }) => {
      const ids = value.map(({ clientId }) => clientId);
      return ids.filter((id, at) => ids.indexOf(id) !== at);
    }),
  );
  const clients = new Map<string, ProducerClient>();
  for (const { target, value } of items.toSorted((a, b) => byCodeUnit(a.target.name, b.target.name))) {
    const nth = new Map<string, number>();
    for (const info of value) {
      const { clientId } = info;
      const address = addressOf(info);
      const host = `${clientId} ${address.replace(/:\d+$/, "")}`;
      nth.set(host, (nth.get(host) ?? 0) + 1);
      const key = shared.has(clientId) ? `${host} ${nth.get(host)}` : clientId;
      const connection = { brokerName: target.brokerName, address, heardAt: info.lastUpdateTimestamp || null };
      const known = clients.get(key);
      if (known !== undefined) known.connections.push(connection);
      else
        clients.set(key, {
          clientId,
          shared: shared.has(clientId),
          instanceName: instanceNameOf(clientId),
          language: info.language ?? null,
          version: versionName(info.version),
          connections: [connection],
        });
    }
  }
  return [...clients.values()].sort((a, b) => byCodeUnit(a.clientId, b.clientId));
}

/** `address@instance`, and `@unit` where there is one. Source: ClientConfig.buildMQClientId. */
function instanceNameOf(clientId: string): string | null {
  const at = clientId.indexOf("@");
  return at < 0 || at === clientId.length - 1 ? null : clientId.slice(at + 1);
}

/** A row a group and topic that it was seen to send to; one without a topic where none was seen. */
export function producerRows(
  group: string,
  items: FanOut<BrokerTarget, ProducerInfo[]>["items"],
  sending: Pick<Sending, "byGroup">,
): ProducerItem[] {
  const clients = producerClients(items);
  const row = {
    group,
    clients: clients.length,
    languages: [...new Set(clients.flatMap(({ language }) => language ?? []))].sort(byCodeUnit),
    brokers: items.map(({ target }) => target.brokerName).sort(byCodeUnit),
    shared: clients.some(({ shared }) => shared),
  };
  const topics = [...(sending.byGroup.get(group) ?? [])].sort(([a], [b]) => byCodeUnit(a, b));
  if (topics.length === 0) return [{ ...row, topic: null, lastSentAt: null, certain: true }];
  return topics.map(([topic, sent]) => ({ ...row, topic, ...sent }));
}

function inOrder(rows: readonly ProducerItem[], { sort, order }: ListProducers): readonly ProducerItem[] {
  if (sort === "clients" || sort === "lastSentAt") return ranked(rows, (row) => row[sort], order);
  if (sort !== "topic") return ranked(rows, undefined, order);
  const named = rows.filter(({ topic }) => topic !== null);
  const byTopic = named.toSorted((a, b) => byCodeUnit(a.topic ?? "", b.topic ?? ""));
  return [...ranked(byTopic, undefined, order), ...rows.filter(({ topic }) => topic === null)];
}

/** Groups by name, each with what every master has of it. */
async function groupsOf(deps: Deps, { instanceId, search, broker, fresh }: ListProducers) {
  const cluster = await deps.clusters.get(instanceId);
  const listed = await onlineProducers(cluster, fresh);
  const byGroup = new Map<string, FanOut<BrokerTarget, ProducerInfo[]>["items"]>();
  const add = (group: string, target: BrokerTarget, value: ProducerInfo[]) => {
    const known = byGroup.get(group) ?? [];
    byGroup.set(group, known);
    known.push({ target, value });
  };
  for (const { target, value } of listed.items) for (const [group, infos] of value) add(group, target, infos);
  // Brokers that cannot list them know a group by its whole name.
  const named = search?.trim() ?? "";
  const isOld = listed.failures.some(({ error }) => error.code === "REQUEST_CODE_NOT_SUPPORTED");
  if (isOld && named !== "") {
    const found = await producersOfGroup(cluster, named);
    if (found.items.length > 0) byGroup.set(named, found.items);
  }
  const groups = [...byGroup]
    .filter(([, items]) => broker === undefined || items.some(({ target }) => target.brokerName === broker))
    .sort(([a], [b]) => byCodeUnit(a, b));
  return { cluster, groups, at: listed.at, failures: listed.failures };
}

/** Producers that are connected, and who is known to be there and not to be seen. */
export async function listProducers(deps: Deps, book: SendingBook, input: ListProducers) {
  const { instanceId, fresh } = input;
  const { cluster, groups, at, failures } = await groupsOf(deps, input);
  const [sending, proxies] = await Promise.all([book.get(cluster, instanceId, fresh), unseenClients(cluster, [])]);
  const isSought = containing(input.search);
  const rows = groups
    .flatMap(([group, items]) => producerRows(group, items, sending))
    .filter(({ group, topic }) => isSought(group) || (topic !== null && isSought(topic)));
  const behind = proxies.filter(({ error }) => error.code === "GRPC_CLIENTS_UNSEEN");
  return {
    items: onPage(inOrder(rows, input), input),
    total: rows.length,
    failures: failuresOf(
      sending.failures,
      proxies.filter((failure) => !behind.includes(failure)),
      failures,
    ),
    at,
    seen: {
      proxies: behind.map(({ target }) => target),
      lookedAt: sending.lookedAt,
      topics: sending.topics,
      perQueue: NEWEST,
    },
  };
}

/** The clients of one group. */
export async function producerOf(
  deps: Deps,
  { instanceId, group }: { instanceId: string; group: string },
): Promise<{ items: ProducerClient[]; failures: Failure[]; at: number }> {
  const cluster = await deps.clusters.get(instanceId);
  const { items, failures } = await producersOfGroup(cluster, group);
  return { items: producerClients(items), failures: failuresOf(failures), at: deps.now() };
}
