import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { resources, type RowMeta } from "#contract/row.ts";
import { Problem } from "../base/problem.ts";
import { readConfig } from "../base/config.ts";
import { runCommand } from "../commands.ts";
import { InstanceService } from "../features/instance/instance.service.ts";
import type { AuditLog } from "../store/audit.ts";
import { allRows, outcomeOf, type AnyRow } from "../testing/all-rows.ts";
import {
  apiClient,
  startTestServer,
  TEST_ADMIN,
  type ApiClient,
  type TestServer,
} from "../testing/start-test-server.ts";
import { storeEnv } from "../testing/test-store.ts";
import { audited, type AuditedCall } from "./audited.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let server: TestServer;
let log: AuditLog;
beforeAll(async () => {
  server = await startTestServer({ connectionTestsPerMinute: 1000 });
  log = server.deps.audit;
});
afterEach(() => vi.restoreAllMocks());
afterAll(() => server.stop());

const rows = allRows();
const signIn = async () => (await server.signIn(TEST_ADMIN.username, TEST_ADMIN.password)).client;
const entries = async () => (await log.list({ page: 1, pageSize: 200 })).items.toReversed();

/** The entries that a call leaves, and what it was answered. */
async function left(client: ApiClient, row: AnyRow, input: unknown = row.input) {
  const before = new Set((await entries()).map(({ id }) => id));
  const outcome = await outcomeOf(client, row, input);
  return { outcome, added: (await entries()).filter(({ id }) => !before.has(id)) };
}

test("every row that is audited leaves one entry when it is called, with its outcome, and no other row leaves any", async () => {
  for (const row of rows) {
    const client = row.path === "session.signOut" ? await signIn() : server.client;
    const { outcome, added: own } = await left(client, row);
    if (row.audit === "none") expect(own, row.path).toEqual([]);
    else {
      const { instanceId } = row.input;
      const who = row.path === "session.signIn" ? "nobody" : "admin";
      expect(own, row.path).toMatchObject([{ row: row.path, action: row.action, outcome, who, address: "127.0.0.1" }]);
      expect(own[0]?.instanceId, row.path).toBe(instanceId ?? null);
      expect(own[0]?.requestId, row.path).toMatch(/\S{8}/);
      expect(own[0]?.ms, row.path).toBeGreaterThanOrEqual(0);
    }
  }
});

test("whoever is refused leaves an entry, though the row is only a look", async () => {
  // Sixty refusals of one person are kept a minute.
  const people = await Promise.all(
    ["refused-1", "refused-2", "refused-3"].map(async (who) => {
      await server.deps.auth.createUser(who, "good-Password-1", "readonly", false);
      return { who, client: (await server.signIn(who, "good-Password-1")).client };
    }),
  );
  vi.spyOn(server.deps.auth, "may").mockReturnValue(false);
  for (const [n, row] of rows.filter(({ action }) => action !== "public").entries()) {
    const { who, client } = people[Math.floor(n / 50)]!;
    const { outcome, added } = await left(client, row);
    expect(outcome).toBe("FORBIDDEN");
    expect(added, row.path).toMatchObject([{ row: row.path, who, outcome: "FORBIDDEN" }]);
    for (const field of resources[row.on].filter((name) => name in row.input))
      expect(JSON.stringify(added), row.path).toContain(`"${field}"`);
  }
  const metrics = await fetch(`${server.url}/metrics`, { headers: { cookie: server.cookie } });
  expect(metrics.status).toBe(403);
  expect((await entries()).at(-1)).toMatchObject({ row: "http", who: "admin", outcome: "FORBIDDEN" });
});

test("no secret and nothing that people wrote is kept, whatever inputs have of it", async () => {
  const secret = "hush-hush-0123456789";
  const names = [
    "password",
    "current",
    "next",
    "secretKey",
    "accessKey",
    "tlsCa",
    "body",
    "content",
    "remark",
    "description",
  ];
  const given = Object.fromEntries(names.map((name) => [name, secret]));
  const all = allRows((field) => [...names, "connection"].includes(field), given);
  const telling = all.filter(({ input }) => JSON.stringify(input).includes(secret));
  expect(telling.map(({ path }) => path)).toEqual(
    expect.arrayContaining(["session.signIn", "session.changePassword", "instance.register", "instance.planUpdate"]),
  );
  for (const row of telling) {
    expect(await outcomeOf(server.client, row, row.input), row.path).not.toBe("BAD_REQUEST");
  }
  const kept = JSON.stringify(await server.deps.db.selectFrom("audit").selectAll().execute());
  expect(kept).toContain("instance.register");
  expect(kept).not.toContain(secret);
});

test("signing in and out is kept: who got in, and what was typed where nobody did", async () => {
  const { client, cookies } = apiClient(server.url);
  await expect(client.session.signIn({ username: "Typed.Wrong", password: "x" })).rejects.toThrow();
  const { user } = await client.session.signIn(TEST_ADMIN);
  await client.session.signOut();
  expect(cookies.size).toBeGreaterThan(0);
  expect((await entries()).slice(-3)).toMatchObject([
    { row: "session.signIn", who: "Typed.Wrong", userId: null, outcome: "SIGN_IN_FAILED" },
    { row: "session.signIn", who: "admin", userId: user.id, outcome: "ok" },
    { row: "session.signOut", who: "admin", userId: user.id, outcome: "ok" },
  ]);
});

test("what cannot be kept is not begun; only the end of a session does not wait for it", async () => {
  const full = vi.spyOn(log, "begin").mockRejectedValue(new Problem("STORE_FAILED", { remark: "full" }));
  const registration = { name: "unaudited", namesrvAddrs: ["127.0.0.1:1"], force: true };
  await expect(server.client.instance.register(registration)).rejects.toMatchObject({ code: "STORE_FAILED" });
  await expect(apiClient(server.url).client.session.signIn(TEST_ADMIN)).rejects.toMatchObject({ code: "STORE_FAILED" });
  full.mockRestore();
  expect((await server.client.instance.list({})).items.map(({ name }) => name)).not.toContain("unaudited");
  const other = await signIn();
  vi.spyOn(log, "begin").mockRejectedValue(new Problem("STORE_FAILED"));
  await other.session.signOut();
  expect(await other.session.get()).toEqual({ user: null });
});

test("the audit is read by administrators alone", async () => {
  await server.deps.auth.createUser("audit-reader", "good-Password-1", "readonly", false);
  const { client } = await server.signIn("audit-reader", "good-Password-1");
  expect((await client.session.get()).user?.actions).not.toContain("audit:read");
  await expect(client.audit.list({})).rejects.toMatchObject({ code: "FORBIDDEN" });
  const { items } = await server.client.audit.list({ who: "audit-reader" });
  expect(items).toMatchObject([
    { row: "audit.list", outcome: "FORBIDDEN" },
    { row: "session.signIn", outcome: "ok" },
  ]);
});

test("commands leave an entry each, those that fail too", async () => {
  const io = { say: () => undefined, readLine: () => Promise.resolve("four plain words") };
  const env = await storeEnv(server.config.dataDir);
  const run = (name: string, ...args: string[]) => runCommand(name, args, () => readConfig(env), io);
  await run("create-user", "--role", "readonly", "--password-stdin", "commanded");
  await run("reset-password", "commanded");
  await expect(run("unlock", "nobody-at-all")).rejects.toThrow("There is no account");
  const told = (await entries()).slice(-3);
  expect(told).toMatchObject([
    { row: "command.create-user", outcome: "ok", subject: { name: "commanded", role: "readonly" }, address: null },
    { row: "command.reset-password", outcome: "ok", subject: { name: "commanded" } },
    { row: "command.unlock", outcome: "failed", subject: { name: "nobody-at-all" } },
  ]);
  expect(JSON.stringify(told)).not.toContain("plain words");
  for (const { who } of told) expect(who).not.toBe("");
});

test("a write from a foreign page is kept as refused", async () => {
  const headers = { origin: "http://evil.example", cookie: server.cookie, "content-type": "application/json" };
  const answer = await fetch(`${server.url}/api/rpc/topic/create?secret=1`, { method: "POST", headers, body: "{}" });
  expect(answer.status).toBe(403);
  const path = "/api/rpc/topic/create";
  expect((await entries()).at(-1)).toMatchObject({
    row: "http",
    who: "",
    outcome: "FOREIGN_ORIGIN",
    subject: { path },
  });
});

test("what the console does by itself is kept: jobs that end, instances whose time in the recycle bin is over", async () => {
  const { deps, client } = server;
  const kind = {
    kind: "test.run",
    action: "topic:create" as const,
    describe: () => ({}),
    run: () => Promise.resolve(),
  };
  const { id } = await deps.jobs.start(kind, undefined, { instanceId: "i", user: { username: "ada" } });
  await expect
    .poll(async () => (await entries()).find(({ jobId }) => jobId === id))
    .toMatchObject({
      row: "job.end",
      who: "ada",
      instanceId: "i",
      outcome: "succeeded",
    });
  const registration = { name: "long gone", namesrvAddrs: ["127.0.0.1:1"], force: true };
  const { id: instanceId } = await client.instance.register(registration);
  await client.instance.recycle({ instanceId });
  await deps.db.updateTable("instance").set({ recycledAt: 1 }).where("id", "=", instanceId).execute();
  await new InstanceService(deps).purge();
  expect((await entries()).at(-1)).toMatchObject({
    row: "console.purge",
    instanceId,
    subject: { name: "long gone" },
    outcome: "ok",
  });
});

/** Runs something as a row would, and gives the entry that it leaves. */
async function entryOf(input: unknown, run: () => Promise<{ output: unknown }>) {
  const meta: RowMeta = { action: "topic:delete", on: "topics", audit: "write" };
  const context = { requestId: "r-1", address: "::1", audit: log, log: server.deps.log };
  const call = { context, path: ["topic", "deleteMany"], meta, input, user: { id: "u", username: "ada" } };
  await audited(call as unknown as AuditedCall, run).catch(() => undefined);
  return (await entries()).at(-1);
}

const at = (target: string, code?: string) => ({ target, ok: code === undefined, ...(code && { failure: { code } }) });

test("an entry tells the outcome of each target, what a plan and a job are called, and stays small", async () => {
  const topics = Array.from({ length: 500 }, (_, n) => `topic-${n}`);
  const input = { instanceId: "i", planId: "p-1", topics, note: "not kept" };
  const written = (...outcomes: object[]) => entryOf(input, () => Promise.resolve({ output: { outcomes } }));
  expect(await written(at("a"), at("b"))).toMatchObject({
    outcome: "ok",
    planId: "p-1",
    subject: { topics: { of: 500, first: topics.slice(0, 20) } },
  });
  expect(await written(at("a"), at("b", "NO_PERMISSION"))).toMatchObject({
    outcome: "partial",
    targets: {
      of: 2,
      items: [
        { target: "b", outcome: "NO_PERMISSION" },
        { target: "a", outcome: "ok" },
      ],
    },
  });
  expect(await written(at("a", "NO_MASTER"), at("b", "NO_PERMISSION"))).toMatchObject({ outcome: "NO_MASTER" });
  const many = await written(...Array.from({ length: 1000 }, (_, n) => at(`b-${n}`, "NO_MASTER")), at("ok"));
  expect(many).toMatchObject({ outcome: "partial", targets: { of: 1001 } });
  expect(many?.targets?.items).toHaveLength(100);
  expect(JSON.stringify(many)).not.toContain("not kept");
  expect(await entryOf(input, () => Promise.resolve({ output: { jobId: "j-1" } }))).toMatchObject({ jobId: "j-1" });
});

test("however long the names of a call are, its entry stays small", async () => {
  const long = "x".repeat(900_000);
  const kept = await entryOf({ instanceId: long, planId: long, jobId: long, topic: long, topics: [long] }, () =>
    Promise.reject(new Problem("FORBIDDEN")),
  );
  expect(kept).toMatchObject({ outcome: "FORBIDDEN", instanceId: "x".repeat(255) });
  expect(JSON.stringify(kept).length).toBeLessThan(3000);
  expect(
    (
      await left(
        server.client,
        rows.find(({ path }) => path === "instance.test")!,
        { instanceId: long },
      )
    ).outcome,
  ).toBe("BAD_REQUEST");
});

test("of what was done though its end could not be kept, the entry goes on saying that it began", async () => {
  const begin = log.begin.bind(log);
  vi.spyOn(log, "begin").mockImplementation(async (start) => {
    await begin(start);
    return () => Promise.reject(new Error("full"));
  });
  const registration = { name: "half audited", namesrvAddrs: ["127.0.0.1:1"], force: true };
  const { id } = await server.client.instance.register(registration);
  expect((await entries()).at(-1)).toMatchObject({ row: "instance.register", outcome: "begun", ms: null });
  expect((await server.client.instance.get({ instanceId: id })).name).toBe("half audited");
});
