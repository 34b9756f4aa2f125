import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { apiClient, startTestServer, TEST_ADMIN, type TestServer } from "./testing/start-test-server.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

let dataDir: string;
let server: TestServer;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "rocketdeck-commands-"));
  server = await startTestServer({ dataDir });
});
afterAll(async () => {
  await server.stop();
  await rm(dataDir, { recursive: true });
});

/** Runs a command as an operator does, beside the console or without it. */
async function run(args: string[], { dir = dataDir, stdin = "" } = {}) {
  const child = spawn(process.execPath, ["--import", "tsx", "bff/main.ts", ...args], {
    env: { PATH: process.env["PATH"], ROCKETDECK_DATA_DIR: dir },
    stdio: ["pipe", "pipe", "pipe"],
  });
  const exit = once(child, "exit");
  // One that reads nothing may have ended already.
  child.stdin.on("error", () => undefined).end(stdin);
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), exit]);
  return { code: code as number | null, out, err };
}

const passwordIn = (out: string) => /^Password: (\S{20}) /m.exec(out)?.[1] ?? "";
const signIn = (username: string, password: string) =>
  apiClient(server.url).client.session.signIn({ username, password });

test("what is no command, or is written wrongly, is answered with the usage and does nothing", async () => {
  const wrong = [
    ["frobnicate"],
    ["create-user", "ada"],
    ["create-user", "--role", "king", "ada"],
    ["unlock", "a", "b"],
  ];
  for (const { code, out, err } of await Promise.all(wrong.map((args) => run(args)))) {
    expect(code).toBe(2);
    expect(out).toBe("");
    expect(err).toMatch(/^.+\n\nUsage: node dist\/bff\/main\.js \[command\]\n/);
  }
  const help = await run(["--help"]);
  expect(help).toMatchObject({ code: 0, out: expect.stringContaining("reset-password [NAME]") });
});

test("a command where no console has run says so and leaves nothing behind", async () => {
  const dir = await mkdtemp(join(tmpdir(), "rocketdeck-nothing-"));
  const { code, err } = await run(["list-users"], { dir });
  expect(code).toBe(1);
  expect(err).toContain(`No console has run on the data directory ${dir}`);
  expect(await readdir(dir)).toEqual([]);
  await rm(dir, { recursive: true });
});

test("an account is made with its role beside the running console, and a poor password is refused", async () => {
  const create = (stdin: string) => run(["create-user", "--role", "readonly", "--password-stdin", "reader"], { stdin });
  expect(await create("short\n")).toMatchObject({ code: 1, err: expect.stringContaining("10 to 128 characters") });
  expect(await create("four plain words\n")).toMatchObject({ code: 0, out: "Account: reader (readonly)\n" });
  expect(await create("four plain words\n")).toMatchObject({ code: 1, err: "There is an account reader already.\n" });
  const { user } = await signIn("reader", "four plain words");
  expect(user).toMatchObject({ username: "reader", role: "readonly", mustChangePassword: false });
  const made = await run(["create-user", "--role", "administrator", "Second.Admin"]);
  const second = await signIn("second.admin", passwordIn(made.out));
  expect(second.user).toMatchObject({ username: "Second.Admin", role: "administrator", mustChangePassword: true });
  const { out } = await run(["list-users"]);
  expect(
    out
      .trim()
      .split("\n")
      .slice(1)
      .map((line) => line.split(/\s{2,}/)),
  ).toEqual([
    ["Second.Admin", "administrator", "1", "to be changed"],
    ["admin", "administrator", "1", "own"],
    ["reader", "readonly", "1", "own"],
  ]);
});

test("a locked name is opened by a command, and the right password passes", async () => {
  const right = () => signIn(TEST_ADMIN.username, TEST_ADMIN.password);
  for (let n = 0; n < 5; n++) await signIn("admin", `guess-${n}`).catch(() => undefined);
  await expect(right()).rejects.toMatchObject({ code: "LOCKED_OUT" });
  expect(await run(["unlock", "nobody"])).toMatchObject({
    code: 1,
    err: "There is no account nobody; see list-users.\n",
  });
  expect((await run(["unlock"])).code).toBe(0);
  for (let n = 0; n < 7; n++) await signIn("admin", `guess-${n}`).catch(() => undefined);
  expect((await right()).user.username).toBe("admin");
});

test("a reset password ends the sessions of the running console, opens the locked name and has to be changed", async () => {
  const { client } = await server.signIn("reader", "four plain words");
  for (let n = 0; n < 6; n++) await signIn("reader", `guess-${n}`).catch(() => undefined);
  const { code, out } = await run(["reset-password", "Reader"]);
  expect(code).toBe(0);
  await expect.poll(async () => (await client.session.get()).user, { timeout: 20_000 }).toBeNull();
  await expect(signIn("reader", "four plain words")).rejects.toMatchObject({ code: "SIGN_IN_FAILED" });
  expect((await signIn("reader", passwordIn(out))).user.mustChangePassword).toBe(true);
});

test("secrets are not forgotten under a running console", async () => {
  expect(await run(["forget-secrets"])).toMatchObject({ code: 1, err: expect.stringContaining("Stop it first.") });
});

test("a stopped console's lost key is told at its start, and forgotten secrets let it start again", async () => {
  const dir = await mkdtemp(join(tmpdir(), "rocketdeck-lost-"));
  const first = await startTestServer({ dataDir: dir });
  const instance = { name: "prod", namesrvAddrs: ["127.0.0.1:1"], accessKey: "ak-1", secretKey: "sk-1", force: true };
  await first.client.instance.register(instance);
  await first.stop();
  await rm(join(dir, "secret.key"));
  const refused = await run([], { dir });
  expect(refused.code).toBe(1);
  expect(refused.err).toMatch(
    /^The secret key is gone: .*secret\.key.*\nPut the earlier key back.*\nIf it is lost.*forget-secrets/,
  );
  expect(await readdir(dir)).not.toContain("secret.key");
  expect((await run(["reset-password", "--password-stdin"], { dir, stdin: "another plain word" })).code).toBe(0);
  expect((await run(["forget-secrets"], { dir })).out).toContain("  prod (access key ak-1)\n");
  const second = await startTestServer({ dataDir: dir, adminPassword: "another plain word" });
  expect((await second.client.session.get()).user?.mustChangePassword).toBe(true);
  await second.stop();
  await rm(dir, { recursive: true });
});
