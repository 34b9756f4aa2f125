import { expect, test } from "vitest";
import { addressesOf, connectionOf, draftFaults, emptyDraft } from "./connection-draft.ts";

test("addresses are taken however they are parted, each once", () => {
  expect(addressesOf(" a:1;b:2,\nc:3  a:1 ")).toEqual(["a:1", "b:2", "c:3"]);
});

test("a draft without a name server or with an unusable address is faulty", () => {
  expect(draftFaults(emptyDraft).namesrv).toEqual({ key: "required" });
  expect(draftFaults({ ...emptyDraft, namesrv: "host" }).namesrv).toEqual({ key: "address", value: "host" });
  expect(draftFaults({ ...emptyDraft, namesrv: "host:9876 [::1]:9876" })).toEqual({});
});

test("an access key needs its secret key", () => {
  const draft = { ...emptyDraft, namesrv: "a:1", accessKey: "ak" };
  expect(draftFaults(draft).secretKey).toEqual({ key: "required" });
  expect(draftFaults({ ...draft, secretKey: "sk" })).toEqual({});
});

test("what was not typed is left out", () => {
  const connection = connectionOf({ ...emptyDraft, namesrv: "a:1" });
  expect(connection).toMatchObject({ namesrvAddrs: ["a:1"], proxyAddrs: [], tls: false });
  expect(connection.secretKey).toBeUndefined();
  expect(connection.tlsCa).toBeUndefined();
});
