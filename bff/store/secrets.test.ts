import { expect, test } from "vitest";
import { createSecrets, SecretUnreadable } from "./secrets.ts";

const secrets = createSecrets("k".repeat(32));

test("what was sealed opens again, and never looks the same twice", () => {
  const sealed = secrets.seal("geheim 密码", "instance:1:secretKey");
  expect(sealed).not.toContain("geheim");
  expect(sealed).not.toBe(secrets.seal("geheim 密码", "instance:1:secretKey"));
  expect(secrets.open(sealed, "instance:1:secretKey")).toBe("geheim 密码");
});

/** The same text with one bit of a part changed: it is never what it was. */
function flipped(sealed: string, part: 1 | 2 | 3): string {
  const parts = sealed.split(".");
  const bytes = Buffer.from(parts[part] ?? "", "base64url");
  bytes.writeUInt8(bytes.readUInt8(0) ^ 1, 0);
  return parts.with(part, bytes.toString("base64url")).join(".");
}

test("a secret does not open in another place, with another key, or changed", () => {
  const sealed = secrets.seal("s", "a");
  expect(() => secrets.open(sealed, "b")).toThrow(SecretUnreadable);
  expect(() => createSecrets("x".repeat(32)).open(sealed, "a")).toThrow(SecretUnreadable);
  for (const part of [1, 2, 3] as const) {
    expect(() => secrets.open(flipped(sealed, part), "a"), `part ${part}`).toThrow(SecretUnreadable);
  }
  expect(() => secrets.open(sealed.split(".").with(2, "AAAA").join("."), "a")).toThrow(SecretUnreadable);
  expect(() => secrets.open("plain", "a")).toThrow(SecretUnreadable);
});
