import type { Config } from "./config.ts";
import type { Store } from "./store/store.ts";

const PRESET_ID = "preset";

/** Registers the instance that the configuration names, and follows its addresses from start to start. */
export async function registerPreset(config: Config, db: Store, now: number): Promise<void> {
  if (config.presetNamesrv.length === 0) return;
  const addresses = {
    namesrvAddrs: JSON.stringify(config.presetNamesrv),
    proxyAddrs: JSON.stringify(config.presetProxy),
    proxyRemotingAddrs: JSON.stringify(config.presetProxyRemoting),
  };
  await db
    .insertInto("instance")
    .values({
      id: PRESET_ID,
      name: config.presetName,
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
