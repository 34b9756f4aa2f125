import { expect, test } from "vitest";
import type { Instance } from "#contract/instance.ts";
import {
  addressesOf,
  connectionOf,
  draftFaults,
  draftOf,
  emptyDraft,
  type ConnectionDraft,
} from "./connection-draft.ts";

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

const stored: Instance = {
  id: "rmq-1",
  name: "orders",
  description: "",
  state: "running",
  stateAt: null,
  clusterName: null,
  chosenCluster: null,
  version: null,
  type: null,
  masters: null,
  slaves: null,
  namesrvAddrs: ["a:1", "b:1"],
  proxyAddrs: [],
  proxyRemotingAddrs: [],
  metricsUrl: null,
  hasMetricsSecret: false,
  accessKey: "ak",
  hasSecret: true,
  tls: true,
  tlsVerify: true,
  hasTlsCa: false,
  tags: {},
  createdAt: 0,
  updatedAt: 0,
  recycledAt: null,
  destroyAt: null,
};

test.each<[string, Partial<ConnectionDraft>, string | undefined]>([
  ["the same addresses in another order", { namesrv: "b:1 a:1" }, undefined],
  ["fewer addresses", { namesrv: "b:1" }, undefined],
  ["a gRPC address, to which nothing is signed", { proxy: "c:1" }, undefined],
  ["a new name server", { namesrv: "a:1 c:1" }, "secretAgain"],
  ["a new proxy to ask", { proxyRemoting: "c:1" }, "secretAgain"],
  ["no TLS", { tls: false }, "secretAgain"],
  ["a certificate that is not verified", { tlsVerify: false }, "secretAgain"],
  ["another authority", { tlsCa: "PEM" }, "secretAgain"],
  ["another access key", { accessKey: "other" }, "required"],
  ["a new name server, with the secret", { namesrv: "c:1", secretKey: "sk" }, undefined],
])("a stored secret and %s", (_, change, key) => {
  expect(draftFaults({ ...draftOf(stored), ...change }, stored).secretKey?.key).toBe(key);
});

test("a metrics endpoint with a password in it is faulty, since it is shown to everybody", () => {
  const fault = (metricsUrl: string) => draftFaults({ ...emptyDraft, namesrv: "a:1", metricsUrl }).metricsUrl?.key;
  expect(fault("http://u:SECRET@host/")).toBe("urlWithSecret");
  expect(fault(" http://host:9090 ")).toBeUndefined();
});

test("what was not typed is left out", () => {
  const connection = connectionOf({ ...emptyDraft, namesrv: "a:1" });
  expect(connection).toMatchObject({ namesrvAddrs: ["a:1"], proxyAddrs: [], tls: false });
  expect(connection.secretKey).toBeUndefined();
  expect(connection.tlsCa).toBeUndefined();
});
