import { chmodSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createSecrets, masterKey, SecretUnreadable } from "./secrets.ts";

const secrets = createSecrets("k".repeat(32));

test("what was sealed opens again, and never looks the same twice", () => {
  const sealed = secrets.seal("geheim 密码", "instance:1:secretKey");
  expect(sealed).not.toContain("geheim");
  expect(sealed).not.toBe(secrets.seal("geheim 密码", "instance:1:secretKey"));
  expect(secrets.open(sealed, "instance:1:secretKey")).toBe("geheim 密码");
});

test("a secret does not open in another place, with another key, or changed", () => {
  const sealed = secrets.seal("s", "a");
  const [version, iv, tag] = sealed.split(".");
  expect(() => secrets.open(sealed, "b")).toThrow(SecretUnreadable);
  expect(() => createSecrets("x".repeat(32)).open(sealed, "a")).toThrow(SecretUnreadable);
  expect(() => secrets.open(`${version}.${iv}.${tag}.AA`, "a")).toThrow(SecretUnreadable);
  expect(() => secrets.open(`${version}.${iv}.AAAA.AA`, "a")).toThrow(SecretUnreadable);
  expect(() => secrets.open("plain", "a")).toThrow(SecretUnreadable);
});

test("the key file is made once, for its owner alone, and refused when others can read it", () => {
  const dir = mkdtempSync(join(tmpdir(), "rocketdeck-key-"));
  try {
    const key = masterKey(undefined, dir);
    expect(key.length).toBeGreaterThanOrEqual(32);
    expect(masterKey(undefined, dir)).toBe(key);
    expect(masterKey("given", dir)).toBe("given");
    const file = join(dir, "secret.key");
    expect(statSync(file).mode & 0o777).toBe(0o600);
    chmodSync(file, 0o644);
    expect(() => masterKey(undefined, dir)).toThrow("0600");
  } finally {
    rmSync(dir, { recursive: true });
  }
});
