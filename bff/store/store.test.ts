import { chmod, mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getMigrations } from "better-auth/db/migration";
import { pino } from "pino";
import { expect, test } from "vitest";
import { createBetterAuth } from "../auth/better-auth.ts";
import { readConfig } from "../config.ts";
import { StartError } from "../start-error.ts";
import { createSecrets } from "./secrets.ts";
import { openStore } from "./store.ts";

test("the migrations make every table and column that Better Auth needs", async () => {
  const db = await openStore(":memory:");
  try {
    const auth = createBetterAuth({
      config: readConfig({}),
      db,
      secrets: createSecrets("k".repeat(32)),
      log: pino({ level: "silent" }),
    });
    const { toBeAdded, toBeCreated } = await getMigrations(auth.options);
    expect(toBeCreated).toEqual([]);
    expect(toBeAdded).toEqual([]);
  } finally {
    await db.destroy();
  }
});

test("nobody else on the machine can read the store, though its directory be open", async () => {
  const dir = await mkdtemp(join(tmpdir(), "rocketdeck-store-"));
  await chmod(dir, 0o755);
  const db = await openStore(join(dir, "rocketdeck.db"));
  await db.insertInto("setting").values({ key: "k", value: "1" }).execute();
  const names = await readdir(dir);
  expect(names).toContain("rocketdeck.db-wal");
  for (const name of names) expect((await stat(join(dir, name))).mode & 0o077, name).toBe(0);
  await db.destroy();
  await rm(dir, { recursive: true });
});

test("a store is open once: a second console on the directory is told so, until the first has closed it", async () => {
  const dir = await mkdtemp(join(tmpdir(), "rocketdeck-store-"));
  const file = join(dir, "rocketdeck.db");
  const first = await openStore(file);
  await expect(openStore(file)).rejects.toThrow(StartError);
  await expect(openStore(file)).rejects.toThrow(`Another console runs on the data directory ${dir}`);
  await first.destroy();
  await (await openStore(file)).destroy();
  await rm(dir, { recursive: true });
});
