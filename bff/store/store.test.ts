import { chmod, mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getMigrations } from "better-auth/db/migration";
import { Kysely, Migrator, sql } from "kysely";
import { pino } from "pino";
import { expect, test } from "vitest";
import { createBetterAuth } from "../auth/better-auth.ts";
import { readConfig } from "../base/config.ts";
import { registerPreset } from "../cluster/preset.ts";
import { StartError } from "../base/start-error.ts";
import { up as namesOnce } from "./migrations/0008-instance-name.ts";
import { databaseTypeOf, isDuplicate } from "./dialect.ts";
import { createSecrets } from "./secrets.ts";
import { sqliteDialect } from "./sqlite.ts";
import { migrations, openStore } from "./store.ts";
import { onPostgres, openTestStore } from "../testing/test-store.ts";

test("the migrations make every table and column that Better Auth needs", async () => {
  const db = await openTestStore();
  try {
    const auth = createBetterAuth({
      config: readConfig({}),
      db,
      secrets: createSecrets("k".repeat(32)),
      log: pino({ level: "silent" }),
    });
    const { toBeAdded, toBeCreated } = await getMigrations({
      ...auth.options,
      database: { db, type: databaseTypeOf(db) },
    });
    expect(toBeCreated).toEqual([]);
    expect(toBeAdded).toEqual([]);
  } finally {
    await db.destroy();
  }
});

test.skipIf(onPostgres())("nobody else on the machine can read the store, though its directory be open", async () => {
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

test.skipIf(onPostgres())(
  "a store is open once: a second console on the directory is told so, until the first has closed it",
  async () => {
    const dir = await mkdtemp(join(tmpdir(), "rocketdeck-store-"));
    const file = join(dir, "rocketdeck.db");
    const first = await openStore(file);
    await expect(openStore(file)).rejects.toThrow(StartError);
    await expect(openStore(file)).rejects.toThrow(`Another console runs on the data directory ${dir}`);
    await first.destroy();
    await (await openStore(file)).destroy();
    await rm(dir, { recursive: true });
  },
);

test("instances that came to share a name are numbered when names become unique, those in the recycle bin are left", async () => {
  const db = await openTestStore();
  await db.schema.dropIndex("instance_name_idx").execute();
  const row = (id: string, name: string, createdAt: number, recycledAt: number | null = null) => ({
    id,
    name,
    createdAt,
    recycledAt,
    updatedAt: 0,
    description: "",
    state: "unknown",
    tags: "{}",
    namesrvAddrs: "[]",
    proxyAddrs: "[]",
    proxyRemotingAddrs: "[]",
    tls: 0 as const,
    tlsVerify: 1 as const,
  });
  const rows = [
    row("a", "shop", 2),
    row("b", "shop", 1),
    row("c", "shop", 3),
    row("d", "shop 2", 4),
    row("e", "shop", 0, 9),
  ];
  await db.insertInto("instance").values(rows).execute();
  await namesOnce(db);
  const named = await db.selectFrom("instance").select(["id", "name"]).orderBy("id").execute();
  expect(named.map(({ id, name }) => `${id} ${name}`)).toEqual([
    "a shop 3",
    "b shop",
    "c shop 4",
    "d shop 2",
    "e shop",
  ]);
  await expect(
    db
      .insertInto("instance")
      .values(row("f", "shop", 9))
      .execute(),
  ).rejects.toSatisfy(isDuplicate);
  await db.destroy();
});

test.skipIf(onPostgres())(
  "a store whose curves have no labels yet is brought up to date, without those curves",
  async () => {
    const dir = await mkdtemp(join(tmpdir(), "rocketdeck-store-"));
    const file = join(dir, "rocketdeck.db");
    const old = new Kysely({ dialect: sqliteDialect(file) });
    await new Migrator({ db: old, provider: { getMigrations: () => Promise.resolve(migrations) } }).migrateTo(
      "0009-sign-in-count",
    );
    await sql`insert into "series" ("id", "instanceId", "key") values (1, 'i', 'fine/topic/produceTps/orders')`.execute(
      old,
    );
    await sql`insert into "sample" ("seriesId", "t", "value") values (1, 1000, 2.5)`.execute(old);
    await sql`insert into "setting" ("key", "value") values ('kept', '1')`.execute(old);
    await old.destroy();
    const db = await openStore(file);
    expect(await db.selectFrom("series").selectAll().execute()).toEqual([]);
    expect(await db.selectFrom("sample").selectAll().execute()).toEqual([]);
    expect(await db.selectFrom("setting").select("key").execute()).toEqual([{ key: "kept" }]);
    await db.destroy();
    await rm(dir, { recursive: true });
  },
);

test("the instance of the configuration gets a name of its own where somebody has that name already", async () => {
  const db = await openTestStore();
  const config = { ...readConfig({}), presetName: "RocketMQ", presetNamesrv: ["a:9876"] };
  await registerPreset(config, db, 1);
  await db.updateTable("instance").set({ id: "mine" }).execute();
  await registerPreset(config, db, 2);
  await registerPreset({ ...config, presetNamesrv: ["b:9876"] }, db, 3);
  const rows = await db.selectFrom("instance").select(["id", "name", "namesrvAddrs"]).orderBy("id").execute();
  expect(rows).toEqual([
    { id: "mine", name: "RocketMQ", namesrvAddrs: '["a:9876"]' },
    { id: "preset", name: "RocketMQ 2", namesrvAddrs: '["b:9876"]' },
  ]);
  await db.destroy();
});
