import { describe, expect, test } from "vitest";
import { RocketMQError } from "../../rocketmq/errors.ts";
import { broker, cluster, groups, look, NOW, runtime, snapshot, stats } from "../../testing/known.ts";
import { noRates } from "../runtime.ts";
import type { Replication } from "../sighting.ts";
import { Trends } from "./trends.ts";

describe("brokers", () => {
  test("a master that is gone or silent is critical, and what is unsaid since no name server answers is one finding", () => {
    expect(look({ cluster: cluster([broker({ code: "BROKER_GONE" })]) })).toMatchObject([
      { rule: "brokerGone", level: "critical", name: "broker-b" },
    ]);
    expect(look({ cluster: cluster([broker({ code: "REQUEST_TIMEOUT" })]) })).toMatchObject([
      { rule: "brokerSilent", level: "critical", figures: { code: "REQUEST_TIMEOUT" } },
    ]);
    const unreachable = cluster([broker({ code: "CONNECT_REFUSED" })], {
      state: "unreachable",
      namesrvs: [{ addr: "n:9876", error: new RocketMQError("CONNECT_REFUSED", "refused") }],
    });
    expect(look({ cluster: unreachable })).toMatchObject([
      { rule: "namesrvSilent", level: "critical", context: "all" },
    ]);
  });

  test("a disk that fills is told with when it is full, once it was seen for long enough", () => {
    const [full, filling] = [cluster([broker({ runtime: runtime(0.8) })]), new Trends()];
    expect(look({ cluster: full })).toMatchObject([
      { rule: "diskFull", level: "warning", context: null, figures: { disk: 0.8 } },
    ]);
    filling.addCluster({ ...cluster([broker({ runtime: runtime(0.79) })]), at: NOW - 30 * 60_000 });
    filling.addCluster(full);
    const [{ level, context, figures } = { figures: {} }] = look({ cluster: full, trends: filling });
    expect([level, context]).toEqual(["critical", "filling"]);
    expect((figures as Record<string, number>)["full"]).toBeCloseTo(10 * 3_600_000, -5);
    expect(look({ cluster: cluster([broker({ runtime: runtime(0.5) })]) })).toEqual([]);
  });

  test("a slave is behind from a size or time on that is worth a word, and wherever it does not copy at all", () => {
    const slave = (lagBytes: bigint, of: Partial<Replication> = {}) =>
      broker({ name: "broker-a:1", replication: { lagBytes, inSync: true, isConnected: true, ...of } });
    const KIB = 1024n;
    expect(look({ cluster: cluster([slave(KIB, { inSync: false })]) })).toEqual([]);
    expect(look({ cluster: cluster([slave(9n * KIB * KIB)]) })).toMatchObject([{ rule: "slaveBehind", context: null }]);
    const master = broker({ name: "broker-a", rates: { ...noRates, produceBytes: 1024 } });
    const timed = (lag: bigint) =>
      look({
        cluster: cluster([
          master,
          { ...slave(lag), target: { ...slave(lag).target, brokerName: "broker-a", role: "slave" } },
        ]),
      });
    expect(timed(180n * KIB)).toMatchObject([
      { rule: "slaveBehind", context: "time", figures: { behind: 180_000, lag: "184320" } },
    ]);
    expect(timed(10n * KIB)).toEqual([]);
    expect(look({ cluster: cluster([slave(0n, { inSync: false, isConnected: false })]) })).toMatchObject([
      { rule: "slaveBehind", context: "apart" },
    ]);
  });

  test("a broker name without a master is critical", () => {
    const failures = [{ target: "broker-a", error: new RocketMQError("NO_MASTER", "none") }];
    expect(look({ cluster: cluster([], { failures }) })).toMatchObject([
      { rule: "notSeen", level: "critical", context: "cluster", name: "broker-a", figures: { code: "NO_MASTER" } },
    ]);
  });

  test("what a broker that answers does not tell is a finding, and of one that does not answer it is said once", () => {
    const failures = [{ target: "broker-b", error: new RocketMQError("NO_PERMISSION", "denied") }];
    const denied = { ...groups({}), failures };
    expect(look({ groups: denied, clients: { ...snapshot({}), failures } })).toMatchObject([
      { rule: "notSeen", level: "warning", context: "groups", figures: { code: "NO_PERMISSION" } },
    ]);
    const silent = cluster([broker({ code: "REQUEST_TIMEOUT" })]);
    expect(look({ cluster: silent, groups: denied }).map(({ rule }) => rule)).toEqual(["brokerSilent"]);
  });
});

test("what is worst comes first", () => {
  const of = groups({ small: stats({ lag: 1n }), large: stats({ lag: 9n }) });
  const all = look({ cluster: cluster([broker({ code: "BROKER_GONE" })]), groups: of, clients: snapshot({}) });
  expect(all.map(({ level, name }) => [level, name])).toEqual([
    ["critical", "broker-b"],
    ["info", "large"],
    ["info", "small"],
  ]);
});
