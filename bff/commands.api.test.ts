import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { runCommand, UsageError } from "./commands.ts";
import { readConfig } from "./base/config.ts";
import { apiClient, startTestServer, TEST_ADMIN, type TestServer } from "./testing/start-test-server.ts";
import { onPostgres, storeEnv } from "./testing/test-store.ts";

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

/** Runs a command beside the console, or on another directory. */
async function run(args: string[], { dir = dataDir, stdin = "" } = {}) {
  const lines: string[] = [];
  const io = { say: (line: string) => void lines.push(line), readLine: () => Promise.resolve(stdin) };
  const [name = "", ...rest] = args;
  const env = await storeEnv(dir);
  await runCommand(name, rest, () => readConfig(env), io);
  return lines.join("\n");
}

/** Runs the console's own process, as an operator does. */
async function main(args: string[], dir: string, stdin = "") {
  const child = spawn(process.execPath, ["--import", "tsx", "bff/main.ts", ...args], {
    env: { PATH: process.env["PATH"], ...(await storeEnv(dir)) },
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

test("what is no command, or is written wrongly, does nothing", async () => {
  const wrong = [["frobnicate"], ["constructor"], ["create-user", "ada"], ["create-user", "--role", "king", "ada"]];
  wrong.push(["unlock", "a", "b"], ["create-user", "--role", "readonly", "a b"], ["list-users", "--all"]);
  for (const args of wrong) await expect(run(args), args.join(" ")).rejects.toThrow(UsageError);
});

test("the process answers with the usage, or with the outcome, and says by its exit code which", async () => {
  const unknown = await main(["frobnicate"], dataDir);
  expect(unknown).toMatchObject({ code: 2, out: "" });
  expect(unknown.err).toMatch(/^There is no command frobnicate\.\n\nUsage: node dist\/bff\/main\.js \[command\]\n/);
  const made = await main(
    ["create-user", "--role", "readonly", "--password-stdin", "piped"],
    dataDir,
    "plain words, four\n",
  );
  expect(made).toEqual({ code: 0, out: "Account: piped (readonly)\n", err: "" });
  expect((await signIn("piped", "plain words, four")).user.role).toBe("readonly");
  const again = await main(["create-user", "--role", "readonly", "piped"], dataDir);
  expect(again).toEqual({ code: 1, out: "", err: "There is an account piped already.\n" });
});

test("a command where no console has run says so and leaves nothing behind", async () => {
  const dir = await mkdtemp(join(tmpdir(), "rocketdeck-nothing-"));
  const where = onPostgres() ? "PostgreSQL /t_" : `the data directory ${dir}`;
  await expect(run(["list-users"], { dir })).rejects.toThrow(`No console has run on ${where}`);
  expect(await readdir(dir)).toEqual([]);
  await rm(dir, { recursive: true });
});

test("an account is made with its role beside the running console, and a poor password is refused", async () => {
  const create = (stdin: string) => run(["create-user", "--role", "readonly", "--password-stdin", "reader"], { stdin });
  await expect(create("short")).rejects.toThrow("10 to 128 characters");
  expect(await create("four plain words")).toBe("Account: reader (readonly)");
  await expect(create("four plain words")).rejects.toThrow("There is an account reader already.");
  const { user } = await signIn("reader", "four plain words");
  expect(user).toMatchObject({ username: "reader", role: "readonly", mustChangePassword: false });
  const made = await run(["create-user", "--role", "administrator", "Second.Admin"]);
  const second = await signIn("second.admin", passwordIn(made));
  expect(second.user).toMatchObject({ username: "second.admin", role: "administrator", mustChangePassword: true });
  const lines = (await run(["list-users"])).split("\n").slice(1);
  expect(lines.map((line) => line.split(/\s{2,}/))).toEqual([
    ["admin", "administrator", "1", "own"],
    ["piped", "readonly", "1", "own"],
    ["reader", "readonly", "1", "own"],
    ["Second.Admin", "administrator", "1", "to be changed"],
  ]);
});

test("a locked name is opened by a command, and the right password passes", async () => {
  const right = () => signIn(TEST_ADMIN.username, TEST_ADMIN.password);
  for (let n = 0; n < 5; n++) await signIn("admin", `guess-${n}`).catch(() => undefined);
  await expect(right()).rejects.toMatchObject({ code: "LOCKED_OUT" });
  await expect(run(["unlock", "nobody"])).rejects.toThrow("There is no account nobody; see list-users.");
  await run(["unlock"]);
  for (let n = 0; n < 7; n++) await signIn("admin", `guess-${n}`).catch(() => undefined);
  expect((await right()).user.username).toBe("admin");
});

test("a reset password ends the sessions of the running console, opens the locked name and has to be changed", async () => {
  const { client } = await server.signIn("reader", "four plain words");
  for (let n = 0; n < 6; n++) await signIn("reader", `guess-${n}`).catch(() => undefined);
  const out = await run(["reset-password", "Reader"]);
  await expect.poll(async () => (await client.session.get()).user, { timeout: 20_000 }).toBeNull();
  await expect(signIn("reader", "four plain words")).rejects.toMatchObject({ code: "SIGN_IN_FAILED" });
  expect((await signIn("reader", passwordIn(out))).user.mustChangePassword).toBe(true);
});

test.skipIf(onPostgres())("secrets are not forgotten under a running console", async () => {
  await expect(run(["forget-secrets"])).rejects.toThrow("Stop it first.");
});

test("a stopped console's lost key is told at its start, and forgotten secrets let it start again", async () => {
  const dir = await mkdtemp(join(tmpdir(), "rocketdeck-lost-"));
  const first = await startTestServer({ dataDir: dir });
  const instance = { name: "prod", namesrvAddrs: ["127.0.0.1:1"], accessKey: "ak-1", secretKey: "sk-1", force: true };
  await first.client.instance.register(instance);
  await first.stop();
  await rm(join(dir, "secret.key"));
  const refused = await main([], dir);
  expect(refused.code).toBe(1);
  expect(refused.err).toMatch(
    /^The secret key is gone: .*secret\.key.*\nPut the earlier key back.*\nIf it is lost.*forget-secrets/,
  );
  expect(await readdir(dir)).not.toContain("secret.key");
  await run(["reset-password", "--password-stdin"], { dir, stdin: "another plain word" });
  expect(await run(["forget-secrets"], { dir })).toContain("  prod (access key ak-1)");
  const second = await startTestServer({ dataDir: dir, adminPassword: "another plain word" });
  expect((await second.client.session.get()).user?.mustChangePassword).toBe(true);
  await second.stop();
  await rm(dir, { recursive: true });
});
