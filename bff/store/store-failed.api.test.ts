import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { faultsOf } from "../testing/store-faults.ts";
import { onPostgres } from "../testing/test-store.ts";
import { apiClient, startTestServer, TEST_ADMIN, type TestServer } from "../testing/start-test-server.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const fillStore = () => faultsOf(server.deps.db).fill(server.deps.db);

test("signing out on a full disk says so, and the session is over all the same", async () => {
  const { client, cookie } = await server.signIn(TEST_ADMIN.username, TEST_ADMIN.password);
  const makeRoom = await fillStore();
  await expect(client.session.signOut()).rejects.toMatchObject({
    code: "STORE_FAILED",
    data: { remark: faultsOf(server.deps.db).full },
  });
  const left = await fetch(`${server.url}/api/session`, { headers: { cookie } });
  expect(await left.json()).toEqual({ user: null });
  await expect(client.job.list({})).rejects.toMatchObject({ code: "UNAUTHORIZED" });
  const sessions = () => server.deps.db.selectFrom("session").select("id").execute();
  expect(await sessions()).toHaveLength(2);
  await makeRoom();
  await expect.poll(sessions, { timeout: 20_000 }).toHaveLength(1);
  expect((await server.client.session.get()).user?.username).toBe("admin");
});

test("a session that is ended elsewhere on a full disk is over, and that it could not be stored is told", async () => {
  const other = await server.signIn(TEST_ADMIN.username, TEST_ADMIN.password);
  const { items } = await other.client.session.sessions();
  const makeRoom = await fillStore();
  const sessionId = items.find(({ current }) => current)?.id ?? "";
  await expect(server.client.session.revoke({ sessionId })).rejects.toMatchObject({ code: "STORE_FAILED" });
  expect(await other.client.session.get()).toEqual({ user: null });
  await makeRoom();
});

test("a store that cannot be written is told by /readyz and by every write, and is well again by itself", async () => {
  const { db } = server.deps;
  const ready = async () => {
    const answer = await fetch(`${server.url}/readyz`);
    return { status: answer.status, body: await answer.json() };
  };
  await expect.poll(ready).toEqual({ status: 200, body: { status: "ready" } });
  const { makeReadOnly, readOnly } = faultsOf(db);
  const mend = await makeReadOnly(db);
  const reason = expect.stringContaining(readOnly) as string;
  await expect.poll(ready, { timeout: 20_000 }).toEqual({ status: 503, body: { status: "not ready", reason } });
  await expect(apiClient(server.url).client.session.signIn(TEST_ADMIN)).rejects.toMatchObject({
    code: "STORE_FAILED",
    data: { remark: reason },
  });
  await mend();
  await expect.poll(ready, { timeout: 20_000 }).toMatchObject({ status: 200 });
});

/** Locks the file of the store as another process does. */
function lockStore(): () => void {
  const other = new Sqlite(join(server.config.dataDir, "rocketdeck.db"));
  other.exec("begin immediate");
  return () => other.close();
}

test.skipIf(onPostgres())(
  "while the file is locked the console goes on answering, and what waits is written in the end",
  async () => {
    const { db } = server.deps;
    const unlock = lockStore();
    let settled = 0;
    const row = (key: string) => ({ key, value: "1" });
    const writes = [
      db.insertInto("setting").values(row("alone")).execute(),
      db.transaction().execute(async (trx) => {
        await trx.insertInto("setting").values(row("first")).execute();
        await trx.insertInto("setting").values(row("second")).execute();
      }),
      server.client.instance.register({ name: "waits", namesrvAddrs: ["127.0.0.1:1"], force: true }),
    ].map((write) => Promise.resolve<unknown>(write).finally(() => (settled += 1)));
    const written = Promise.allSettled(writes);
    for (let asked = 0; asked < 10; asked++) {
      expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
      expect((await server.client.session.sessions()).items).not.toEqual([]);
    }
    // Whoever holds up the process until the lock is had, or is given up, has answered nothing before.
    expect(settled).toBe(0);
    unlock();
    expect((await written).map(({ status }) => status)).toEqual(writes.map(() => "fulfilled"));
    const kept = await db
      .selectFrom("setting")
      .select("key")
      .where("key", "in", ["alone", "first", "second"])
      .execute();
    expect(kept).toHaveLength(3);
    expect((await server.client.instance.list({})).items.map(({ name }) => name)).toEqual(["waits"]);
  },
);

test.skipIf(onPostgres())("a lock that nobody lets go of is told, and leaves no transaction behind", async () => {
  const { db } = server.deps;
  const unlock = lockStore();
  const renamed = db.transaction().execute((trx) => trx.updateTable("instance").set({ description: "new" }).execute());
  await expect(renamed).rejects.toMatchObject({ code: "SQLITE_BUSY" });
  unlock();
  await db.updateTable("instance").set({ description: "later" }).execute();
  expect((await server.client.instance.list({})).items).toMatchObject([{ description: "later" }]);
});
