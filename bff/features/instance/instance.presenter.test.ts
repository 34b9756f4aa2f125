import { expect, test } from "vitest";
import type { Instance } from "#contract/instance.ts";
import { presentInstance, selectInstances } from "./instance.presenter.ts";
import type { InstanceRow } from "../../store/schema.ts";

const row: InstanceRow = {
  id: "rmq-1",
  name: "orders",
  description: "",
  namesrvAddrs: '["127.0.0.1:9876"]',
  clusterName: "C",
  accessKey: "ak",
  secretKey: "sealed",
  tls: 1,
  tlsCa: null,
  tlsVerify: 0,
  proxyAddrs: "[]",
  proxyRemotingAddrs: "[]",
  metricsUrl: null,
  tags: '{"env":"prod"}',
  state: "running",
  stateAt: 5,
  version: "5.5.0",
  type: "cluster",
  masters: 2,
  slaves: 1,
  createdAt: 1,
  updatedAt: 2,
  recycledAt: null,
};

const instance = (over: Partial<Instance>): Instance => ({ ...presentInstance(row, 15), ...over });

test("a secret never leaves, only that there is one", () => {
  const shown = presentInstance(row, 15);
  expect(shown.hasSecret).toBe(true);
  expect(JSON.stringify(shown)).not.toContain("sealed");
});

test("of a metrics endpoint that an older console stored with a password only the rest leaves", () => {
  const metricsUrl = "http://ada:SECRET@prometheus:9090/p?token=SECRET";
  const shown = presentInstance({ ...row, metricsUrl }, 15);
  expect(shown).toMatchObject({ metricsUrl: "http://prometheus:9090/p", hasMetricsSecret: true });
  expect(presentInstance({ ...row, metricsUrl: "ada:SECRET@host" }, 15)).toMatchObject({
    metricsUrl: null,
    hasMetricsSecret: true,
  });
  const open = "http://prometheus:9090";
  expect(presentInstance({ ...row, metricsUrl: open }, 15)).toMatchObject({
    metricsUrl: open,
    hasMetricsSecret: false,
  });
});

test("a removed instance is recycled whatever was last seen of it, and says when it is destroyed", () => {
  const shown = presentInstance({ ...row, recycledAt: 1000 }, 15);
  expect(shown.state).toBe("recycled");
  expect(shown.destroyAt).toBe(1000 + 15 * 86_400_000);
});

test("instances are found by part of their name or id, whatever the case", () => {
  const all = [instance({ id: "rmq-1", name: "Orders" }), instance({ id: "rmq-2", name: "payments" })];
  expect(selectInstances(all, { search: "ORD" }).map((i) => i.id)).toEqual(["rmq-1"]);
  expect(selectInstances(all, { search: "rmq-2" }).map((i) => i.id)).toEqual(["rmq-2"]);
});

test("a tag filter takes a key, a value, or both of one tag", () => {
  const all = [
    instance({ id: "a", tags: { env: "prod", team: "x" } }),
    instance({ id: "b", tags: { env: "x" } }),
    instance({ id: "c", tags: {} }),
  ];
  const ids = (query: { tagKey?: string; tagValue?: string }) => selectInstances(all, query).map((i) => i.id);
  expect(ids({ tagKey: "env" })).toEqual(["a", "b"]);
  expect(ids({ tagValue: "x" })).toEqual(["a", "b"]);
  expect(ids({ tagKey: "env", tagValue: "x" })).toEqual(["b"]);
});

test("the order is by name unless another is asked for", () => {
  const all = [instance({ name: "b", createdAt: 1 }), instance({ name: "a", createdAt: 2 })];
  expect(selectInstances(all, {}).map((i) => i.name)).toEqual(["a", "b"]);
  expect(selectInstances(all, { sort: "createdAt", order: "desc" }).map((i) => i.name)).toEqual(["a", "b"]);
});

test("a list sorted by what no column is called, not even a property of every object, comes by name", () => {
  const all = [instance({ id: "b", name: "b" }), instance({ id: "a", name: "a" })];
  for (const sort of ["__proto__", "hasOwnProperty", "constructor", "colour"]) {
    expect(
      selectInstances(all, { sort }).map((i) => i.id),
      sort,
    ).toEqual(["a", "b"]);
  }
});
