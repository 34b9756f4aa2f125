import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { pino } from "pino";
import { expect, test, vi } from "vitest";
import { SignInCounts, oneSource } from "../auth/sign-in-counts.ts";
import { openTestStore, administer, testDatabaseUrl } from "../testing/test-store.ts";
import { apiClient, startTestServer, TEST_ADMIN } from "../testing/start-test-server.ts";
import { StoreHealth } from "./health.ts";
import { openStore } from "./store.ts";

vi.setConfig({ testTimeout: 60_000 });

const databaseUrl = async () => (await testDatabaseUrl(randomUUID())) ?? "";
const silent = pino({ level: "silent" });

test("a bigint is a number as long as one can hold it, and no wrong number beyond", async () => {
  const db = await openTestStore();
  const read = async (text: string) => (await sql<{ n: unknown }>`select ${text}::bigint as n`.execute(db)).rows[0]?.n;
  expect(await read("9007199254740991")).toBe(Number.MAX_SAFE_INTEGER);
  expect(await read("-9007199254740991")).toBe(Number.MIN_SAFE_INTEGER);
  await expect(read("9007199254740993")).rejects.toThrow("9007199254740993 is beyond the safe integers");
  expect(await read("7")).toBe(7);
  await db.destroy();
});

test("what somebody sent is kept though it has a character that no text of PostgreSQL can have", async () => {
  const db = await openTestStore();
  await db.insertInto("setting").values({ key: "nul", value: "busy\0 \ud800" }).execute();
  const row = await db.selectFrom("setting").select("value").where("key", "=", "nul").executeTakeFirst();
  expect(row?.value).toBe("busy\ufffd \ufffd");
  await db.destroy();
});

test("connections that broke are told once and replaced, in use or not", async () => {
  const db = await openTestStore();
  const health = new StoreHealth(db, silent, performance.now.bind(performance));
  expect(await health.fault()).toBeUndefined();
  const { rows } = await sql<{ name: string }>`select current_database() as name`.execute(db);
  const slow = sql`select pg_sleep(60)`.execute(db).catch((error: unknown) => error);
  const asleep = async () =>
    (
      await sql`select 1 from pg_stat_activity where datname = current_database() and query like '%pg_sleep(60)'`.execute(
        db,
      )
    ).rows.length;
  await expect.poll(asleep).toBe(1);
  await administer(`select pg_terminate_backend(pid) from pg_stat_activity where datname = '${rows[0]?.name}'`);
  expect(await slow).toMatchObject({ message: expect.stringMatching(/terminat/) as string });
  const works = () =>
    db
      .selectFrom("setting")
      .select("key")
      .execute()
      .then(
        () => true,
        () => false,
      );
  await expect.poll(works).toBe(true);
  await db.destroy();
});

test("consoles that start at the same moment on one empty database all come up, and know the same people", async () => {
  const dirs = await Promise.all([1, 2, 3].map(() => mkdtemp(join(tmpdir(), "rocketdeck-several-"))));
  const shared = { databaseUrl: await databaseUrl(), secretKey: "k".repeat(32), presetNamesrv: ["127.0.0.1:1"] };
  const consoles = await Promise.all(dirs.map((dataDir) => startTestServer({ ...shared, dataDir })));
  const [one, two] = consoles;
  const { items } = (await two?.client.instance.list({})) ?? {};
  expect(items).toMatchObject([{ name: "RocketMQ" }]);
  const cookies = new Map((one?.cookie ?? "").split("; ").map((pair) => pair.split("=") as [string, string]));
  expect((await apiClient(two?.url ?? "", cookies).client.session.get()).user?.username).toBe(TEST_ADMIN.username);
  for (const each of consoles) await each.stop();
  for (const dir of dirs) await rm(dir, { recursive: true });
});

test("failures to sign in that several consoles meet at once are all counted", async () => {
  const url = await databaseUrl();
  const stores = [await openStore(url), await openStore(url)];
  const counted = { name: "ada", source: "address", rule: oneSource };
  const counts = stores.map((db) => new SignInCounts(db, Date.now));
  const failures = Array.from({ length: 20 }, () => counts.map((one) => one.failed([counted])));
  await Promise.all(failures.flat());
  for (const one of counts) expect((await one.read(counted)).failures).toBe(40);
  for (const db of stores) await db.destroy();
});

test("a database that is not there, or of which nobody answers, is named without its password", async () => {
  const url = await databaseUrl();
  const refused = /^The store PostgreSQL \/nowhere cannot be used: the database refuses the console \(3D000\)\.$/;
  await expect(openStore(url.replace(/\/t_\w+/, "/nowhere"))).rejects.toThrow(refused);
  await expect(openStore("postgresql://ada:geheim@127.0.0.1:1/shop")).rejects.toThrow(
    /^The store PostgreSQL 127\.0\.0\.1:1\/shop cannot be used: the database cannot be reached \(ECONNREFUSED\)\.$/,
  );
});
