import { createHmac } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { PASSWORD_MIN } from "#contract/rules/limits.ts";
import type { JobKind } from "../../jobs/job.ts";
import { apiClient, startTestServer, TEST_ADMIN, type TestServer } from "../../testing/start-test-server.ts";

// Hashing passwords is slow by design, and more so on a busy machine.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const code = (code: string, data: Record<string, unknown> = {}) =>
  expect.objectContaining({ code, data: expect.objectContaining(data) });

test("without a session nobody is there, and rows that need one refuse before they look at the input", async () => {
  const { client } = apiClient(server.url);
  expect(await client.session.get()).toEqual({ user: null });
  await expect(client.job.list({})).rejects.toEqual(code("UNAUTHORIZED"));
  await expect(client.job.get({ jobId: "" })).rejects.toEqual(code("UNAUTHORIZED"));
  await expect(client.session.sessions()).rejects.toEqual(code("UNAUTHORIZED"));
});

test("a session has its user, is listed, and is over once signed out", async () => {
  const { client, cookie } = await server.signIn(TEST_ADMIN.username.toUpperCase(), TEST_ADMIN.password);
  const { user } = await client.session.get();
  expect(user).toMatchObject({ username: "admin", role: "administrator", mustChangePassword: false });
  expect(user?.actions).toContain("topic:delete");
  const { items } = await client.session.sessions();
  expect(items.filter((item) => item.current)).toHaveLength(1);
  expect(items.find((item) => item.current)?.address).toBe("127.0.0.1");
  await client.session.signOut();
  const old = await fetch(`${server.url}/api/session`, { headers: { cookie } });
  expect(await old.json()).toEqual({ user: null });
});

test("the cookie is out of reach of scripts and other sites", async () => {
  const response = await fetch(`${server.url}/api/session`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(TEST_ADMIN),
  });
  const cookie = response.headers.getSetCookie().join();
  expect(cookie).toMatch(/HttpOnly/i);
  expect(cookie).toMatch(/SameSite=Lax/i);
  expect(cookie).not.toMatch(/Secure/i);
});

test("behind https the cookies are secure and the host's own", async () => {
  const https = await startTestServer({ publicUrl: "https://console.example" });
  const response = await fetch(`${https.url}/api/session`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "x-forwarded-host": "console.example",
      origin: "https://console.example",
    },
    body: JSON.stringify(TEST_ADMIN),
  });
  const cookies = response.headers.getSetCookie();
  expect(cookies).toHaveLength(2);
  for (const cookie of cookies) {
    expect(cookie).toMatch(/^__Host-rocketdeck-[\da-f]{8}\./);
    expect(cookie).toMatch(/; Path=\/;/i);
    expect(cookie).toMatch(/; Secure/i);
    expect(cookie).not.toMatch(/Domain/i);
  }
  expect(https.cookie).toContain(https.deps.auth.cookie);
  await https.stop();
});

test("two consoles on one host leave each other's sessions alone, though they have the same key", async () => {
  const secretKey = "k".repeat(32);
  const [one, two] = await Promise.all([startTestServer({ secretKey }), startTestServer({ secretKey })]);
  const shared = new Map<string, string>();
  const [first, second] = [apiClient(one.url, shared).client, apiClient(two.url, shared).client];
  await first.session.signIn(TEST_ADMIN);
  await second.session.signIn(TEST_ADMIN);
  expect((await first.session.get()).user?.username).toBe("admin");
  await second.session.signOut();
  expect((await first.session.get()).user?.username).toBe("admin");
  await Promise.all([one.stop(), two.stop()]);
});

test("what the store holds of a session signs nobody in, though the key was taken along", async () => {
  const { client, cookie } = await server.signIn(TEST_ADMIN.username, TEST_ADMIN.password);
  const token = /session_token=([^.;]+)/.exec(cookie)?.[1] ?? "";
  expect(token).not.toBe("");
  const stored = await server.deps.db.selectFrom("session").select("token").execute();
  expect(stored.map((row) => row.token)).not.toContain(token);
  const sign = (value: string) =>
    createHmac("sha256", server.deps.secrets.derive("cookies")).update(value).digest("base64");
  const whoIs = async (value: string) => {
    const headers = { cookie: `${server.deps.auth.cookie}=${encodeURIComponent(`${value}.${sign(value)}`)}` };
    return (await (await fetch(`${server.url}/api/session`, { headers })).json()).user?.username;
  };
  expect(await whoIs(token)).toBe("admin");
  for (const row of stored) expect(await whoIs(row.token)).toBeUndefined();
  await client.session.signOut();
  expect(await whoIs(token)).toBeUndefined();
});

test("a session that is in use is renewed, and stays the same", async () => {
  const { client, cookie } = await server.signIn(TEST_ADMIN.username, TEST_ADMIN.password);
  const { items } = await client.session.sessions();
  const id = items.find(({ current }) => current)?.id ?? "";
  const soon = new Date(Date.now() + 3_600_000).toISOString();
  await server.deps.db.updateTable("session").set({ expiresAt: soon }).where("id", "=", id).execute();
  const asked = await server.deps.auth.find(new Headers({ cookie: `${cookie}; looked=up-anew` }));
  expect(asked?.sessionId).toBe(id);
  expect(asked?.headers.getSetCookie().join()).toContain(/session_token=[^;]+/.exec(cookie)?.[0]);
  const row = await server.deps.db.selectFrom("session").select("expiresAt").where("id", "=", id).executeTakeFirst();
  expect(new Date(row?.expiresAt ?? 0).getTime()).toBeGreaterThan(Date.now() + 7_200_000);
});

test("behind a trusted proxy the cookie is secure when the browser came by https, and nobody else can claim that", async () => {
  const cookieOf = async (trustProxy: string[]) => {
    const proxied = await startTestServer({ trustProxy });
    const response = await fetch(`${proxied.url}/api/session`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-forwarded-proto": "https" },
      body: JSON.stringify(TEST_ADMIN),
    });
    await proxied.stop();
    return response.headers.getSetCookie().join();
  };
  expect(await cookieOf(["loopback"])).toMatch(/; Secure/i);
  expect(await cookieOf([])).not.toMatch(/Secure/i);
});

test("signing in makes a session of its own, whatever cookie the browser came with", async () => {
  const { cookie } = await server.signIn(TEST_ADMIN.username, TEST_ADMIN.password);
  const response = await fetch(`${server.url}/api/session`, {
    method: "POST",
    headers: { "content-type": "application/json", cookie },
    body: JSON.stringify(TEST_ADMIN),
  });
  expect(response.headers.getSetCookie().join()).toContain("session_token=");
  expect(response.headers.getSetCookie().join()).not.toContain(cookie);
});

test("a revoked session is over at once, and only one's own can be revoked", async () => {
  const other = await server.signIn(TEST_ADMIN.username, TEST_ADMIN.password);
  const { items } = await other.client.session.sessions();
  const current = items.find((item) => item.current);
  await server.client.session.revoke({ sessionId: current?.id ?? "" });
  expect(await other.client.session.get()).toEqual({ user: null });
  await expect(server.client.session.revoke({ sessionId: "nobody" })).rejects.toEqual(code("NOT_FOUND"));
});

test("an unknown user and a wrong password get the same answer, and both have to wait after five", async () => {
  const { client } = apiClient(server.url);
  await server.deps.auth.createUser("victim", "good-Password-1", "readonly", false);
  for (const username of ["victim", "nobody"]) {
    for (let i = 0; i < 5; i++) {
      await expect(client.session.signIn({ username, password: "bad" })).rejects.toEqual(code("SIGN_IN_FAILED"));
    }
    await expect(client.session.signIn({ username, password: "good-Password-1" })).rejects.toEqual(
      code("LOCKED_OUT", { params: { seconds: expect.any(Number) } }),
    );
  }
});

test("strangers who fail lock out neither another address, nor a browser that signed in before, nor who is signed in", async () => {
  const attacked = await startTestServer({ trustProxy: ["loopback"] });
  const signIn = (address: string, password: string, cookie = "") =>
    fetch(`${attacked.url}/api/session`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-forwarded-for": address, cookie },
      body: JSON.stringify({ username: TEST_ADMIN.username, password }),
    });
  const known = (await signIn("192.0.2.7", TEST_ADMIN.password)).headers
    .getSetCookie()
    .map((cookie) => cookie.split(";")[0] ?? "")
    .find((cookie) => cookie.includes(".device."));
  for (let i = 0; i < 6; i++) await signIn("192.0.2.66", `guess-${i}`);
  expect((await signIn("192.0.2.66", TEST_ADMIN.password)).status).toBe(429);
  expect((await signIn("192.0.2.7", TEST_ADMIN.password)).status).toBe(200);
  expect((await signIn("192.0.2.66", TEST_ADMIN.password, known)).status).toBe(200);
  // Enough addresses lock the name for all strangers; those who are known pass still.
  for (let n = 0; n < 25; n++) await signIn(`198.51.100.${n}`, "guess");
  expect((await signIn("203.0.113.1", TEST_ADMIN.password)).status).toBe(429);
  expect((await signIn("203.0.113.1", TEST_ADMIN.password, known)).status).toBe(200);
  await attacked.client.session.changePassword({ current: TEST_ADMIN.password, next: "another-Password-2" });
  // What a browser is known by was earned with the old password.
  expect((await signIn("203.0.113.1", "another-Password-2", known)).status).toBe(429);
  await attacked.stop();
});

test("a known browser that fails is slowed by itself, and a forged cookie makes no browser known", async () => {
  await server.deps.auth.createUser("careless", "good-Password-1", "readonly", false);
  const { client, cookies } = apiClient(server.url);
  const right = { username: "careless", password: "good-Password-1" };
  await client.session.signIn(right);
  const [name = "", value = ""] = [...cookies].find(([name]) => name.includes(".device.")) ?? [];
  const forged = apiClient(server.url, new Map([[name, value.slice(0, 23) + "A".repeat(43)]])).client;
  const fail = { ...right, password: "bad" };
  for (let i = 0; i < 5; i++) await expect(client.session.signIn(fail)).rejects.toEqual(code("SIGN_IN_FAILED"));
  await expect(client.session.signIn(right)).rejects.toEqual(code("LOCKED_OUT"));
  for (let i = 0; i < 5; i++) await expect(forged.session.signIn(fail)).rejects.toEqual(code("SIGN_IN_FAILED"));
  await expect(forged.session.signIn(right)).rejects.toEqual(code("LOCKED_OUT"));
});

test("many who share an address all sign in at once, though somebody behind it fails with one name after the other", async () => {
  const shared = await startTestServer();
  const { client } = apiClient(shared.url);
  for (let i = 0; i < 31; i++) {
    await expect(client.session.signIn({ username: `guess-${i}`, password: "bad" })).rejects.toEqual(
      code("SIGN_IN_FAILED"),
    );
  }
  await shared.deps.auth.createUser("colleague", "good-Password-1", "readonly", false);
  await shared.signIn("colleague", "good-Password-1");
  await shared.stop();
});

test("twenty people sign in to one account at the same time", async () => {
  await server.deps.auth.createUser("shared", "good-Password-1", "readonly", false);
  const signIns = Array.from({ length: 20 }, () => server.signIn("shared", "good-Password-1"));
  const users = (await Promise.all(signIns)).map(async ({ client }) => (await client.session.get()).user?.username);
  expect(await Promise.all(users)).toEqual(users.map(() => "shared"));
});

test("guesses at the same time are counted as those one after the other", async () => {
  const many = await startTestServer();
  await many.deps.auth.createUser("crowd", "good-Password-1", "readonly", false);
  const guesses = Array.from({ length: 20 }, async (_, n) => {
    const refused = await many.deps.auth.signIn(new Headers(), "crowd", `bad-${n}`).catch((error: unknown) => error);
    return (refused as { code: string }).code;
  });
  const codes = await Promise.all(guesses);
  expect(codes.filter((refused) => refused === "SIGN_IN_FAILED")).toHaveLength(5);
  expect(codes.filter((refused) => refused === "LOCKED_OUT")).toHaveLength(15);
  await many.stop();
});

test("a stream ends with the session that began it", async () => {
  const { client } = await server.signIn(TEST_ADMIN.username, TEST_ADMIN.password);
  const endless: JobKind<void> = {
    kind: "test.endless",
    action: "message:send",
    describe: () => ({}),
    run: ({ signal }) => new Promise((resolve) => signal.addEventListener("abort", () => resolve())),
  };
  const job = await server.deps.jobs.start(endless, undefined, { user: { username: "admin" } });
  const events = await client.job.watch({ jobId: job.id });
  expect((await events.next()).done).toBe(false);
  await client.session.signOut();
  await expect.poll(async () => (await events.next()).done).toBe(true);
  await expect(client.job.watch({ jobId: job.id })).rejects.toEqual(code("UNAUTHORIZED"));
  expect((await server.client.job.get({ jobId: job.id })).state).toBe("running");
  await server.client.job.cancel({ jobId: job.id });
});

test("a role that may only read is refused what writes", async () => {
  await server.deps.auth.createUser("reader", "good-Password-1", "readonly", false);
  const { client } = await server.signIn("reader", "good-Password-1");
  expect((await client.job.list({})).failures).toEqual([]);
  await expect(client.job.cancel({ jobId: "x" })).rejects.toEqual(
    code("FORBIDDEN", { params: { action: "job:cancel" } }),
  );
});

test("changing the password needs the old one, refuses a poor one and ends the other sessions", async () => {
  await server.deps.auth.createUser("changer", "good-Password-1", "readonly", false);
  const one = await server.signIn("changer", "good-Password-1");
  const two = await server.signIn("changer", "good-Password-1");
  const change = (current: string, next: string) => one.client.session.changePassword({ current, next });
  await expect(change("bad", "another-Password-2")).rejects.toEqual(code("SIGN_IN_FAILED"));
  const weak = [
    ["short", "tooShort"],
    ["good-Password-1", "unchanged"],
    ["xxChangerxx", "containsUsername"],
    ["abababababab", "tooSimple"],
  ] as const;
  for (const [next, message] of weak) {
    await expect(change("good-Password-1", next)).rejects.toEqual(
      code("WEAK_PASSWORD", { params: { min: PASSWORD_MIN }, issues: [{ path: "next", message }] }),
    );
  }
  await change("good-Password-1", "another-Password-2");
  expect((await one.client.session.get()).user?.username).toBe("changer");
  expect(await two.client.session.get()).toEqual({ user: null });
  await server.signIn("changer", "another-Password-2");
});

test("a generated password is told once and must be changed before anything else", async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "rocketdeck-first-"));
  const first = await startTestServer({ adminPassword: undefined, dataDir });
  const password = first.firstPassword?.password ?? "";
  expect(password).toHaveLength(20);
  expect((await first.client.session.get()).user?.mustChangePassword).toBe(true);
  await expect(first.client.job.list({})).rejects.toEqual(code("PASSWORD_CHANGE_REQUIRED"));
  await first.client.session.changePassword({ current: password, next: "my-own-Password" });
  expect((await first.client.job.list({})).total).toBe(0);
  await first.stop();
  const second = await startTestServer({ adminPassword: "my-own-Password", dataDir });
  expect(second.firstPassword).toBeUndefined();
  await second.stop();
  await rm(dataDir, { recursive: true });
});
