import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { actions } from "#contract/action.ts";
import type { JobContext } from "../jobs/job.ts";
import { allRows, outcomeOf } from "../testing/all-rows.ts";
import { apiClient, startTestServer, type ApiClient, type TestServer } from "../testing/start-test-server.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let server: TestServer;
let reader: ApiClient;
beforeAll(async () => {
  server = await startTestServer();
  await server.deps.auth.createUser("row-reader", "good-Password-1", "readonly", false);
  reader = (await server.signIn("row-reader", "good-Password-1")).client;
});
afterEach(() => vi.restoreAllMocks());
afterAll(() => server.stop());

const rows = allRows();
const closed = rows.filter(({ action }) => action !== "public");

test("without a session all rows but two are refused, whatever they are given", async () => {
  const { client } = apiClient(server.url);
  for (const row of closed) {
    expect(actions, row.path).toContain(row.action);
    expect(await outcomeOf(client, row, row.input), row.path).toBe("UNAUTHORIZED");
    expect(await outcomeOf(client, row, 7), row.path).toBe("UNAUTHORIZED");
  }
  const open = rows.filter((row) => !closed.includes(row)).map(({ path }) => path);
  expect(open).toEqual(["session.get", "session.signIn"]);
});

test("readers are refused what writes, though the instance that it names does not exist", async () => {
  for (const row of closed.filter(({ action }) => action !== "self" && !action.endsWith(":read"))) {
    expect(await outcomeOf(reader, row, row.input), row.path).toBe("FORBIDDEN");
  }
});

test("an input is parsed before it is asked who may, and what it names is asked for as it is named", async () => {
  const may = vi.spyOn(server.deps.auth, "may").mockReturnValue(false);
  for (const row of closed) {
    const takesNothing = Object.keys(row.input).length === 0;
    if (!takesNothing) expect(await outcomeOf(server.client, row, { instanceId: 7 }), row.path).toBe("BAD_REQUEST");
    expect(may, row.path).not.toHaveBeenCalled();
    expect(await outcomeOf(server.client, row, row.input), row.path).toBe("FORBIDDEN");
    const { instanceId } = row.input;
    const resource = { kind: row.on, ...(instanceId === undefined ? {} : { instanceId }) };
    expect(may.mock.calls.map(([, action, on]) => [action, on])).toEqual([[row.action, resource]]);
    may.mockClear();
  }
});

test("nothing is looked up for somebody who may not", async () => {
  const { auth, clusters, jobs } = server.deps;
  vi.spyOn(auth, "may").mockReturnValue(false);
  const lookUps = [vi.spyOn(clusters, "get"), vi.spyOn(jobs, "get"), vi.spyOn(jobs, "list"), vi.spyOn(jobs, "start")];
  for (const row of closed) await outcomeOf(server.client, row, row.input);
  for (const lookUp of lookUps) expect(lookUp).not.toHaveBeenCalled();
});

test("what spans instances tells nothing of those that somebody may not see", async () => {
  const { client, deps } = server;
  const add = (name: string, port: number) =>
    client.instance.register({ name, namesrvAddrs: [`127.0.0.1:${port}`], force: true });
  const [hidden, shown] = [await add("hidden", 1), await add("shown", 2)];
  const makeFile = async (ctx: JobContext) => void (await ctx.file({ name: "file.txt", type: "text/plain" }));
  const run = { kind: "test.run", action: "topic:create" as const, describe: () => ({}), run: makeFile };
  const start = (instanceId?: string) => deps.jobs.start(run, undefined, { instanceId, user: { username: "admin" } });
  const [ofHidden, ofShown, ofNone] = [await start(hidden.id), await start(shown.id), await start()];
  await vi.waitUntil(async () => (await client.job.get({ jobId: ofShown.id })).finishedAt);
  const names = async () => (await client.instance.list({})).items.map(({ name }) => name);
  const jobIds = async () => new Set((await client.job.list({})).items.map(({ id }) => id));
  expect(await names()).toEqual(expect.arrayContaining(["hidden", "shown"]));
  expect(await jobIds()).toEqual(new Set([ofHidden.id, ofShown.id, ofNone.id]));
  vi.spyOn(deps.auth, "may").mockImplementation((_, __, { instanceId }) => instanceId !== hidden.id);
  expect(await names()).not.toContain("hidden");
  expect(await names()).toContain("shown");
  expect(await jobIds()).toEqual(new Set([ofShown.id, ofNone.id]));
  expect((await client.job.list({})).total).toBe(2);
  for (const row of rows.filter(({ on }) => on === "job")) {
    expect(await outcomeOf(client, row, { jobId: ofHidden.id }), row.path).toBe("JOB_NOT_FOUND");
    expect(await outcomeOf(client, row, { jobId: ofShown.id }), row.path).toBe("ok");
  }
  expect(await outcomeOf(client, { path: "instance.get" }, { instanceId: hidden.id })).toBe("FORBIDDEN");
});

test("figures of the console itself are for those who may read instances", async () => {
  const metrics = async () => (await fetch(`${server.url}/metrics`, { headers: { cookie: server.cookie } })).status;
  expect(await metrics()).toBe(200);
  vi.spyOn(server.deps.auth, "may").mockReturnValue(false);
  expect(await metrics()).toBe(403);
});
