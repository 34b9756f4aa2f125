import { expect, test } from "vitest";
import { signExtFields } from "./signing.ts";

const credentials = { accessKey: "rocketmq2", secretKey: "12345678" };

test("the signature covers the values in the order of their keys and the body, and no key name", () => {
  const signed = signExtFields({ topic: "T", b: "2" }, Buffer.from("body"), credentials);
  expect(signed).toMatchObject({ topic: "T", b: "2", AccessKey: "rocketmq2" });
  // "rocketmq2" + "2" + "T" + "body", by openssl dgst -sha1 -hmac 12345678 -binary | base64
  expect(signed["Signature"]).toBe("pjH6ISrTaXPy8UjvcYcDPAwYmcc=");
});

test("_UNIQUE_KEY_QUERY is sent and not signed", () => {
  const plain = signExtFields({ topic: "T" }, undefined, credentials);
  const unique = signExtFields({ topic: "T", _UNIQUE_KEY_QUERY: "true" }, undefined, credentials);
  expect(unique["_UNIQUE_KEY_QUERY"]).toBe("true");
  expect(unique["Signature"]).toBe(plain["Signature"]);
});

test("a security token is signed with the rest", () => {
  const plain = signExtFields({}, undefined, credentials);
  const token = signExtFields({}, undefined, { ...credentials, securityToken: "s" });
  expect(token["SecurityToken"]).toBe("s");
  expect(token["Signature"]).not.toBe(plain["Signature"]);
});
