import type { Config } from "../base/config.ts";
import { isDuplicate } from "../store/dialect.ts";
import type { Store } from "../store/store.ts";

const PRESET_ID = "preset";

/** Registers the instance that the configuration names, and follows its addresses from start to start. */
export async function registerPreset(config: Config, db: Store, now: number): Promise<void> {
  if (config.presetNamesrv.length === 0) return;
  const addresses = {
    namesrvAddrs: JSON.stringify(config.presetNamesrv),
    proxyAddrs: JSON.stringify(config.presetProxy),
    proxyRemotingAddrs: JSON.stringify(config.presetProxyRemoting),
  };
  const known = await db
    .updateTable("instance")
    .set({ ...addresses, updatedAt: now })
    .where("id", "=", PRESET_ID)
    .executeTakeFirst();
  if (known.numUpdatedRows > 0n) return;
  for (let n = 1; ; n++) {
    try {
      await insert(db, n === 1 ? config.presetName : `${config.presetName} ${n}`, addresses, now);
      return;
    } catch (error) {
      // Somebody gave an instance of their own this name before.
      if (!isDuplicate(error)) throw error;
    }
  }
}

type Addresses = { namesrvAddrs: string; proxyAddrs: string; proxyRemotingAddrs: string };

async function insert(db: Store, name: string, addresses: Addresses, now: number): Promise<void> {
  await db
    .insertInto("instance")
    .values({
      id: PRESET_ID,
      name,
      description: "",
      ...addresses,
      tls: 0,
      tlsVerify: 1,
      tags: "{}",
      state: "unknown",
      createdAt: now,
      updatedAt: now,
    })
    .onConflict((c) => c.column("id").doUpdateSet({ ...addresses, updatedAt: now }))
    .execute();
}
