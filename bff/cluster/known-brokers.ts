import { brokerTarget } from "../rocketmq/cluster/targets.ts";
import { brokerKey, type SeenBroker } from "../rocketmq/cluster/seen-brokers.ts";
import type { Store } from "../store/store.ts";

/** How far behind the stored time of a listing may be; only days matter. */
const STORE_MS = 10 * 60_000;

/** A statement has room for so many values, and holds up everybody else while it runs. */
const ROWS_AT_ONCE = 500;

interface Listing {
  brokers: readonly SeenBroker[];
  clusterName: string | null;
}

/** The brokers of each instance as they were last listed, kept over a restart: one that vanished is missed only by who knew it. */
export class KnownBrokers {
  readonly #db: Store;
  readonly #stored = new Map<string, { brokers: string; at: number }>();

  constructor(db: Store) {
    this.#db = db;
  }

  async before(instanceId: string): Promise<Listing> {
    const rows = await this.#db.selectFrom("broker").selectAll().where("instanceId", "=", instanceId).execute();
    const brokers = rows.map(({ brokerName, brokerId, cluster, addr, listedAt }): SeenBroker => {
      const role = brokerId === 0 ? "master" : "slave";
      const target = brokerTarget({ brokerName, cluster }, { brokerId, addr, role });
      return { target, listedAt };
    });
    return { brokers, clusterName: rows[0]?.cluster ?? null };
  }

  async keep(instanceId: string, { at: seenAt, brokers }: Pick<Listing, "brokers"> & { at: number }): Promise<void> {
    const known = brokers.map(({ target }) => `${brokerKey(target)} ${target.addr}`).join();
    const stored = this.#stored.get(instanceId);
    if (stored?.brokers === known && seenAt - stored.at < STORE_MS) return;
    const rows = brokers.map(({ target: { brokerName, brokerId, cluster, addr }, listedAt }) => ({
      instanceId,
      brokerName,
      brokerId,
      cluster,
      addr,
      listedAt,
    }));
    await this.#db.transaction().execute(async (trx) => {
      await trx.deleteFrom("broker").where("instanceId", "=", instanceId).execute();
      for (let at = 0; at < rows.length; at += ROWS_AT_ONCE)
        await trx
          .insertInto("broker")
          .values(rows.slice(at, at + ROWS_AT_ONCE))
          // Another console may have listed them meanwhile.
          .onConflict((c) => c.doNothing())
          .execute();
    });
    this.#stored.set(instanceId, { brokers: known, at: seenAt });
  }

  async forget(instanceId: string): Promise<void> {
    this.#stored.delete(instanceId);
    await this.#db.deleteFrom("broker").where("instanceId", "=", instanceId).execute();
  }
}
