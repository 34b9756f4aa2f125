import pLimit from "p-limit";
import type { Failure } from "#contract/list.ts";
import type { TopicUser } from "#contract/topic.ts";
import type { RocketMQCluster } from "../rocketmq/cluster/cluster.ts";
import { connectionsByServer } from "../rocketmq/admin/group-admin.ts";
import { onlineGroups, subscribersOf, type OnlineGroups } from "../rocketmq/admin/online-groups.ts";
import { topicGroups } from "../rocketmq/admin/topic-admin.ts";
import { failuresOf } from "./failures.ts";
import { onlineClients, presenceOf, subscribing } from "./group-connections.ts";
import {
  connectedProducers,
  producersOf,
  usersOfProducers,
  type Connected,
  type Part,
  type TopicParts,
} from "./topic-producers.ts";

const GROUPS_AT_ONCE = 16;

/** A sender that no broker lists as a producer counts as present for so long: gRPC clients are known to no broker. */
const RECENT_MS = 60_000;

/** Who uses a topic, so far as brokers know. */
export interface TopicUsage {
  users: TopicUser[];
  /** How many groups have consumed it and are not online, and of how many nobody can say whether they are. */
  groupsOffline: number;
  groupsUnseen: number;
  /** Senders of the last minute that are no connected producer a broker knows. */
  unknownSenders: readonly { address: string; secondsAgo: number }[];
  /** Messages in queues that cannot be read, whose senders nobody knows; null: seconds since the newest where it is older than a minute. */
  unreadable: { stored: bigint; secondsAgo: number | null };
  failures: Failure[];
}

interface UsageOptions {
  proxies: readonly string[];
  now: number;
  /** Reads anew who is online of all groups, where what was read some seconds ago would do otherwise. */
  fresh: boolean;
}

/**
 * Who uses topics; for several of them each group, and each broker's producers, are asked for once. A consumer is found
 * by two sources, the brokers' groups of the topic and the subscriptions of every group online: where one fails, nobody
 * is called unused.
 */
export class Usage {
  readonly #cluster: RocketMQCluster;
  readonly #options: UsageOptions;
  readonly #online: Promise<OnlineGroups>;
  readonly #connections = new Map<string, ReturnType<typeof connectionsByServer>>();
  readonly #producers = new Map<string, Promise<Connected>>();
  readonly #limit = pLimit(GROUPS_AT_ONCE);

  constructor(cluster: RocketMQCluster, options: UsageOptions) {
    this.#cluster = cluster;
    this.#options = options;
    this.#online = onlineGroups(cluster, options.proxies, options.fresh);
    // Whoever waits for it is told.
    this.#online.catch(() => undefined);
  }

  /** `parts` may be read meanwhile: who consumes is asked for without. */
  async ofTopic(topic: string, parts: Promise<TopicParts>): Promise<TopicUsage> {
    const producing = async () => producersOf(this.#cluster, topic, await parts, (addr) => this.#producersAt(addr));
    const [consumers, producers] = await Promise.all([this.consumersOf(topic), producing()]);
    const { now } = this.#options;
    const recent = (at: number) => at >= now - RECENT_MS;
    const secondsSince = (at: number) => Math.max(0, Math.round((now - at) / 1000));
    const { messages, lastStoredAt } = producers.unreadable;
    return {
      users: [...usersOfProducers(producers.items), ...consumers.items],
      groupsOffline: consumers.offline,
      groupsUnseen: consumers.unseen,
      unknownSenders: producers.items
        .filter((producer) => producer.group === null && recent(producer.lastSentAt))
        .map(({ address, lastSentAt }) => ({ address, secondsAgo: secondsSince(lastSentAt) })),
      unreadable: { stored: messages, secondsAgo: recent(lastStoredAt) ? secondsSince(lastStoredAt) : null },
      failures: failuresOf(consumers.failures, producers.failures),
    };
  }

  /** Groups with clients online that consume a topic. */
  async consumersOf(topic: string): Promise<Part<TopicUser> & { offline: number; unseen: number }> {
    const [known, online] = await Promise.all([topicGroups(this.#cluster, topic), this.#online]);
    const groups = [...new Set([...known.groups, ...subscribersOf(online, topic)])];
    const asked = await Promise.all(
      groups.map(async (group) => ({ group, connections: await this.#connectionsOf(group) })),
    );
    const failures = [...known.failures, ...online.failures];
    const items: TopicUser[] = [];
    const consumed = new Set(known.groups);
    const idle = { offline: 0, unseen: 0 };
    for (const { group, connections } of asked) {
      failures.push(...connections.failures);
      const consuming = subscribing(connections, topic);
      const clients = onlineClients(consuming).map(({ clientId, address }) => ({ clientId, address }));
      if (clients.length > 0) items.push({ role: "consumer", group, clients });
      else if (consumed.has(group)) idle[presenceOf(consuming).clients === null ? "unseen" : "offline"] += 1;
    }
    return { items, failures, ...idle };
  }

  #producersAt(addr: string): Promise<Connected> {
    let asked = this.#producers.get(addr);
    if (asked === undefined) {
      asked = connectedProducers(this.#cluster, addr);
      this.#producers.set(addr, asked);
    }
    return asked;
  }

  #connectionsOf(group: string): ReturnType<typeof connectionsByServer> {
    let asked = this.#connections.get(group);
    if (asked === undefined) {
      asked = this.#limit(() => connectionsByServer(this.#cluster, group, this.#options.proxies));
      this.#connections.set(group, asked);
    }
    return asked;
  }
}
