import { chmod, mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { StartError } from "../base/start-error.ts";
import { forgetSecrets, openSecrets } from "./master-key.ts";
import type { Secrets } from "./secrets.ts";
import type { Store } from "./store.ts";
import { openTestStore } from "../testing/test-store.ts";

const KEY = "k".repeat(32);
const OTHER = "x".repeat(32);

let dir: string;
let db: Store;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "rocketdeck-key-"));
  db = await openTestStore();
});
afterEach(async () => {
  await db.destroy();
  await rm(dir, { recursive: true });
});

async function sealOne(secrets: Secrets): Promise<void> {
  await db
    .insertInto("instance")
    .values({
      id: "1",
      name: "prod",
      description: "",
      namesrvAddrs: "[]",
      proxyAddrs: "[]",
      proxyRemotingAddrs: "[]",
      accessKey: "ak",
      secretKey: secrets.seal("geheim", "instance:1:secretKey"),
      tls: 0,
      tlsVerify: 1,
      tags: "{}",
      state: "unknown",
      createdAt: 0,
      updatedAt: 0,
    })
    .execute();
}

const settings = () => db.selectFrom("setting").selectAll().execute();

test("the key file is made once, for its owner alone, and refused when others can read it", async () => {
  const sealed = (await openSecrets(db, undefined, dir)).seal("s", "c");
  expect((await openSecrets(db, undefined, dir)).open(sealed, "c")).toBe("s");
  const file = join(dir, "secret.key");
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  await chmod(file, 0o644);
  await expect(openSecrets(db, undefined, dir)).rejects.toThrow("0600");
});

test("another key than the one that sealed the secrets is refused with the remedy, and nothing is written", async () => {
  await sealOne(await openSecrets(db, KEY, dir));
  const before = await settings();
  await expect(openSecrets(db, OTHER, dir)).rejects.toThrow(StartError);
  await expect(openSecrets(db, OTHER, dir)).rejects.toThrow(
    /another secret key.*1 secret .*\n.*ROCKETDECK_SECRET_KEY/s,
  );
  expect(await settings()).toEqual(before);
  expect((await openSecrets(db, KEY, dir)).derive("x")).not.toBe("");
});

test("a key file that is gone while secrets are sealed is told, and no other is made", async () => {
  await sealOne(await openSecrets(db, undefined, dir));
  await rm(join(dir, "secret.key"));
  await expect(openSecrets(db, undefined, dir)).rejects.toThrow(/secret key is gone.*\n.*\n.*forget-secrets/);
  expect(await readdir(dir)).toEqual([]);
});

test("a store of before there were canaries is told by its secrets", async () => {
  await sealOne(await openSecrets(db, KEY, dir));
  await db.deleteFrom("setting").execute();
  await expect(openSecrets(db, OTHER, dir)).rejects.toThrow(StartError);
  expect(await settings()).toEqual([]);
  await openSecrets(db, KEY, dir);
  expect(await settings()).toHaveLength(1);
});

test("where nothing is sealed another key may be used, and so it may once the secrets are forgotten", async () => {
  await openSecrets(db, KEY, dir);
  await sealOne(await openSecrets(db, OTHER, dir));
  await expect(openSecrets(db, KEY, dir)).rejects.toThrow(StartError);
  expect(await forgetSecrets(db)).toEqual([{ name: "prod", accessKey: "ak" }]);
  await openSecrets(db, KEY, dir);
  const row = await db.selectFrom("instance").select(["accessKey", "secretKey"]).executeTakeFirst();
  expect(row).toEqual({ accessKey: null, secretKey: null });
});
