import { setTimeout as sleep } from "node:timers/promises";
import pLimit, { type LimitFunction } from "p-limit";
import { askClient, type ClientInfo } from "../cluster/client-info.ts";
import type { OnlineClient } from "../cluster/group-connections.ts";
import type { RocketMQCluster } from "../rocketmq/cluster/cluster.ts";

/** What a client said of itself, and when; null where it did not answer, and why. */
export interface Told {
  at: number;
  info: ClientInfo | null;
  error?: unknown;
}

/** What a client said is asked anew after so long, and sooner while its group is behind; who did not answer is left alone for longer. */
const ASKED_AGAIN_MS = 60_000;
const BEHIND_AGAIN_MS = 10_000;
const SILENT_AGAIN_MS = 300_000;
/** Clients that are asked in one round: each answers through a broker, which has few threads for it. */
const ASKED_MAX = 64;
const AT_ONE_BROKER = 2;
/** Of them by one broker: where its clients are silent, those of others have their turn. */
const BY_ONE_BROKER = 8;
const ANSWER_MS = 5000;
/** Whoever answers later is heard in the next round. */
const ROUND_MS = 1500;

const keyOf = (group: string, { clientId, address }: OnlineClient) => `${group} ${clientId} ${address}`;

export interface AskedClient {
  group: string;
  client: OnlineClient;
  /** It matters now how fast it is. */
  isUrgent: boolean;
}

/** What clients of one cluster said of themselves (code 307), asked in turn and few at a time; those that are silent hold up no others for long. */
export class ClientBook {
  readonly #told = new Map<string, Told>();
  /** Who was asked and did not answer yet, by the broker that it is asked through. */
  readonly #asked = new Map<string, string>();
  readonly #limits = new Map<string, LimitFunction>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  of(group: string, client: OnlineClient): Told | undefined {
    return this.#told.get(keyOf(group, client));
  }

  /** Asks those whose turn it is, and waits a moment for them; forgets who is not among those online. Answers how many were asked. */
  async round(cluster: RocketMQCluster, online: readonly AskedClient[]): Promise<number> {
    const keys = new Set(online.map(({ group, client }) => keyOf(group, client)));
    for (const key of this.#told.keys()) if (!keys.has(key)) this.#told.delete(key);
    const due = online
      .map((one) => ({ ...one, key: keyOf(one.group, one.client), overdue: this.#overdue(one) }))
      .filter(({ key, overdue }) => overdue >= 0 && !this.#asked.has(key))
      .sort((a, b) => Number(b.isUrgent) - Number(a.isUrgent) || b.overdue - a.overdue)
      .filter(this.#hasRoom())
      .slice(0, Math.max(0, ASKED_MAX - this.#asked.size));
    const asking = Promise.all(due.map((one) => this.#ask(cluster, one)));
    await Promise.race([asking, sleep(ROUND_MS, undefined, { ref: false })]);
    return due.length;
  }

  #overdue({ group, client, isUrgent }: AskedClient): number {
    const before = this.of(group, client);
    if (before === undefined) return Infinity;
    const again = before.info === null ? SILENT_AGAIN_MS : isUrgent ? BEHIND_AGAIN_MS : ASKED_AGAIN_MS;
    return this.#now() - before.at - again;
  }

  #hasRoom(): (one: AskedClient) => boolean {
    const asked = new Map<string, number>();
    for (const addr of this.#asked.values()) asked.set(addr, (asked.get(addr) ?? 0) + 1);
    return ({ client: { via } }) => {
      const before = asked.get(via.addr) ?? 0;
      asked.set(via.addr, before + 1);
      return before < BY_ONE_BROKER;
    };
  }

  async #ask(cluster: RocketMQCluster, { group, client, key }: AskedClient & { key: string }): Promise<void> {
    const { addr } = client.via;
    const limit = this.#limits.get(addr) ?? pLimit(AT_ONE_BROKER);
    this.#limits.set(addr, limit);
    this.#asked.set(key, addr);
    const told = await limit(() =>
      askClient(cluster, group, client, ANSWER_MS).then(
        (info) => ({ info }),
        (error: unknown) => ({ info: null, error }),
      ),
    );
    this.#asked.delete(key);
    this.#told.set(key, { at: this.#now(), ...told });
    if (limit.activeCount + limit.pendingCount === 0) this.#limits.delete(addr);
  }
}
