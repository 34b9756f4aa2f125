import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { expect, test, vi } from "vitest";
import { apiClient } from "./testing/start-test-server.ts";
import { onPostgres, storeEnv } from "./testing/test-store.ts";

vi.setConfig({ testTimeout: 60_000 });

function start(env: Record<string, string>) {
  const child = spawn(process.execPath, ["--import", "tsx", "bff/main.ts"], {
    env: { PATH: process.env["PATH"], ROCKETDECK_LOG_LEVEL: "fatal", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const exit = once(child, "exit").then(([code]) => code as number | null);
  return { child, exit };
}

/** What the console says until it is ready. */
async function untilReady(child: ReturnType<typeof start>["child"]): Promise<{ lines: string[]; url: string }> {
  const lines: string[] = [];
  for await (const line of createInterface(child.stdout)) {
    lines.push(line);
    if (line.startsWith("RocketDeck is ready: ")) break;
  }
  return { lines, url: lines.at(-1)?.replace("RocketDeck is ready: ", "") ?? "" };
}

test("a wrong configuration names all its faults and starts nothing", async () => {
  const { child, exit } = start({
    ROCKETDECK_PORT: "http",
    ROCKETDECK_COLOR: "red",
    ROCKETDECK_DATABASE_URL: "mysql://ada:geheim@db/shop",
  });
  const told = await text(child.stderr);
  expect(await exit).toBe(1);
  expect(told).toContain("ROCKETDECK_PORT");
  expect(told).toContain("ROCKETDECK_COLOR");
  expect(told).toContain("ROCKETDECK_DATABASE_URL");
  expect(told).not.toContain("geheim");
});

test("a console whose database cannot be reached says which and why, not with which password", async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "rocketdeck-away-"));
  const { child, exit } = start({
    ROCKETDECK_DATA_DIR: dataDir,
    ROCKETDECK_DATABASE_URL: "postgresql://ada:geheim@127.0.0.1:1/shop",
    ROCKETDECK_LOG_LEVEL: "trace",
  });
  expect(await text(child.stderr)).toBe(
    "The store PostgreSQL 127.0.0.1:1/shop cannot be used: the database cannot be reached (ECONNREFUSED).\n",
  );
  expect(await exit).toBe(1);
  await rm(dataDir, { recursive: true });
});

test("the console tells its first password and address, answers, and stops when asked", async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "rocketdeck-main-"));
  const { child, exit } = start({ ROCKETDECK_PORT: "0", ...(await storeEnv(dataDir)) });
  const { lines, url } = await untilReady(child);
  expect(lines.slice(0, 2)).toEqual([
    "First administrator: admin",
    expect.stringMatching(/^First password: \w{20} \(shown this once/),
  ]);
  expect((await fetch(`${url}/readyz`)).status).toBe(200);
  child.kill("SIGTERM");
  expect(await exit).toBe(0);
  await rm(dataDir, { recursive: true });
});

test.skipIf(onPostgres())(
  "a second console on the same data directory says why it does not start; one that was killed is in nobody's way",
  async () => {
    const dataDir = await mkdtemp(join(tmpdir(), "rocketdeck-two-"));
    const env = { ROCKETDECK_PORT: "0", ROCKETDECK_DATA_DIR: dataDir };
    const first = start(env);
    const { url } = await untilReady(first.child);
    const second = start(env);
    const told = await text(second.child.stderr);
    expect(await second.exit).toBe(1);
    expect(told.trim().split("\n")).toEqual([
      `Another console runs on the data directory ${dataDir}.`,
      "Stop it first, or give this one a directory of its own: ROCKETDECK_DATA_DIR.",
    ]);
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    first.child.kill("SIGKILL");
    await first.exit;
    const third = start(env);
    expect((await untilReady(third.child)).url).not.toBe("");
    third.child.kill("SIGTERM");
    expect(await third.exit).toBe(0);
    await rm(dataDir, { recursive: true });
  },
);

interface LoggedRequest {
  id: string;
  path: string;
  clientRequestId?: string;
}

test("no password, key or cookie is logged, and every line is one event whatever strangers send", async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "rocketdeck-log-"));
  const secrets = { password: "right-Password-1", wrong: "wrong-Password-2", secretKey: "secret-key-3" };
  const { child, exit } = start({
    ROCKETDECK_PORT: "0",
    ...(await storeEnv(dataDir)),
    ROCKETDECK_ADMIN_PASSWORD: secrets.password,
    ROCKETDECK_LOG_LEVEL: "trace",
  });
  const logged = text(child.stderr);
  const { url } = await untilReady(child);
  const { client, cookies } = apiClient(url);
  const wrong = { username: "admin", password: secrets.wrong };
  await expect(client.session.signIn(wrong)).rejects.toMatchObject({ code: "SIGN_IN_FAILED" });
  await client.session.signIn({ ...wrong, password: secrets.password });
  const instance = { name: "logged", namesrvAddrs: ["127.0.0.1:1"], accessKey: "ak", secretKey: secrets.secretKey };
  await expect(client.instance.register(instance)).rejects.toMatchObject({ code: "CONNECT_REFUSED" });
  await client.instance.register({ ...instance, force: true });
  await expect(client.instance.register({ ...instance, name: "" })).rejects.toMatchObject({ code: "BAD_REQUEST" });
  const strange = `${url}/api/jobs/%0A{"level":60}?token=${secrets.wrong}`;
  for (const id of ['"}{"', "x".repeat(65), "of-a-stranger"]) await fetch(strange, { headers: { "x-request-id": id } });
  child.kill("SIGTERM");
  expect(await exit).toBe(0);
  const lines = (await logged).trim().split("\n");
  const requests = lines.flatMap((line) => (JSON.parse(line) as { req?: LoggedRequest }).req ?? []);
  expect(requests.map(({ path }) => path)).toContain("/api/rpc/session/signIn");
  const ends = lines.map((line) => JSON.parse(line) as { row?: string; user?: string; req?: { address?: string } });
  const who = { row: "instance.register", user: "admin", req: { address: "127.0.0.1" } };
  expect(ends).toContainEqual(expect.objectContaining({ ...who, req: expect.objectContaining(who.req) as unknown }));
  expect(requests.map(({ id }) => id)).not.toContain("of-a-stranger");
  expect(new Set(requests.map(({ clientRequestId }) => clientRequestId))).toEqual(
    new Set([undefined, "of-a-stranger"]),
  );
  for (const secret of [...Object.values(secrets), ...cookies.values()]) expect(await logged).not.toContain(secret);
  await rm(dataDir, { recursive: true });
});
