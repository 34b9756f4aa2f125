import type { Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { startScriptedBroker, type ScriptedBroker } from "../../../sandbox/fault-proxy/scripted-broker.ts";
import { frame } from "../../../sandbox/fault-proxy/wire.ts";
import { brokerRpc } from "../rpc/broker.ts";
import { groupRpc } from "../rpc/group.ts";
import { namesrvRpc } from "../rpc/namesrv.ts";
import { Capabilities } from "./capabilities.ts";
import { RocketMQCluster } from "./cluster.ts";

const V4_9_7 = 407;
const V5_5_0 = 513;
const HA_STATUS = brokerRpc.getBrokerHaStatus.code;
const RUNTIME_INFO = brokerRpc.getBrokerRuntimeInfo.code;
const ROUTE = namesrvRpc.getRouteInfoByTopic.code;
const CLUSTER_INFO = namesrvRpc.getBrokerClusterInfo.code;

describe("what a broker can do", () => {
  const ADDR = "broker:10911";
  let capabilities: Capabilities;
  const answered = (version: number, request = RUNTIME_INFO, code = 0) =>
    capabilities.answered(ADDR, request, { version, code });
  beforeEach(() => (capabilities = new Capabilities()));

  it("is not known before it answered, and where it tells no version", () => {
    expect(capabilities.can(ADDR, "haStatus")).toBeUndefined();
    answered(0);
    expect(capabilities.can(ADDR, "haStatus")).toBeUndefined();
  });

  it("is told by its version, which a refusal for another reason has, too", () => {
    answered(V4_9_7, RUNTIME_INFO, 16);
    expect(capabilities.can(ADDR, "haStatus")).toBe(false);
    expect(capabilities.can(ADDR, "listProducers")).toBe(true);
    answered(V5_5_0);
    expect(capabilities.can(ADDR, "haStatus")).toBe(true);
  });

  it("is what it showed, whatever its version promises", () => {
    answered(V5_5_0, HA_STATUS, 3);
    expect(capabilities.can(ADDR, "haStatus")).toBe(false);
    expect(capabilities.can(ADDR, "topicAttributes")).toBe(true);
    answered(V4_9_7, HA_STATUS);
    expect(capabilities.can(ADDR, "haStatus")).toBe(true);
  });

  it("is no longer what it showed once its version is another", () => {
    answered(V4_9_7, HA_STATUS, 3);
    expect(capabilities.refuses(ADDR, HA_STATUS)).toBe(true);
    answered(V5_5_0);
    expect(capabilities.refuses(ADDR, HA_STATUS)).toBe(false);
    expect(capabilities.can(ADDR, "haStatus")).toBe(true);
  });

  it("is asked again a minute after it was refused", () => {
    let now = 0;
    capabilities = new Capabilities(() => now);
    answered(V5_5_0, HA_STATUS, 3);
    now = 59_000;
    expect([capabilities.refuses(ADDR, HA_STATUS), capabilities.can(ADDR, "haStatus")]).toEqual([true, false]);
    now = 61_000;
    expect([capabilities.refuses(ADDR, HA_STATUS), capabilities.can(ADDR, "haStatus")]).toEqual([false, true]);
  });

  it("is not told by requests that every server knows, whose refusals are not kept", () => {
    answered(V5_5_0, RUNTIME_INFO, 3);
    expect(capabilities.refuses(ADDR, RUNTIME_INFO)).toBe(false);
  });
});

describe("asked of a cluster", () => {
  let broker: ScriptedBroker;
  let cluster: RocketMQCluster;
  beforeEach(async () => {
    broker = await startScriptedBroker();
    cluster = new RocketMQCluster({ namesrvAddrs: [broker.addr] });
  });
  afterEach(async () => {
    cluster.close();
    await broker.stop();
  });
  const calls = (code: number) => broker.calls.get(code) ?? 0;

  it("a broker that was not heard of is asked once, and no more after any answer", async () => {
    expect(await cluster.can(broker.addr, "haStatus")).toBe(true);
    expect(await cluster.can(broker.addr, "timers")).toBe(true);
    expect(calls(RUNTIME_INFO)).toBe(1);
  });

  it("a broker is no older for what a client of an older version answers through it", async () => {
    const ofClient = ({ opaque }: { opaque: number }) =>
      frame(
        { code: 0, flag: 1, opaque, version: V4_9_7, language: "JAVA", extFields: {} },
        '{"properties":{},"subscriptionSet":[]}',
      );
    broker.play({ answers: { [groupRpc.getConsumerRunningInfo.code]: ofClient } });
    expect(await cluster.can(broker.addr, "timers")).toBe(true);
    const client = { consumerGroup: "g", clientId: "c", jstackEnable: false };
    await cluster.call(groupRpc.getConsumerRunningInfo, broker.addr, client);
    expect(await cluster.can(broker.addr, "timers")).toBe(true);
  });

  it("one that tells no version is neither able nor unable", async () => {
    const versionless = ({ opaque }: { opaque: number }) =>
      frame({ code: 0, flag: 1, opaque, language: "JAVA", extFields: {} }, '{"table":{}}');
    broker.play({ answers: { [RUNTIME_INFO]: versionless } });
    await expect(cluster.can(broker.addr, "haStatus")).rejects.toMatchObject({
      code: "MALFORMED_RESPONSE",
      address: broker.addr,
    });
  });

  it("one that refuses is not asked again before it was started anew", async () => {
    const addr = broker.addr;
    const refusing = { answers: { [HA_STATUS]: () => ({ code: 3, remark: "not supported" }) } };
    broker.play(refusing);
    for (let n = 0; n < 2; n++)
      await expect(cluster.call(brokerRpc.getBrokerHaStatus, addr, {})).rejects.toMatchObject({
        code: "REQUEST_CODE_NOT_SUPPORTED",
      });
    expect(calls(HA_STATUS)).toBe(1);
    expect(await cluster.can(addr, "haStatus")).toBe(false);
    const hangingUp = (_: unknown, socket: Socket): undefined => {
      socket.destroy();
    };
    broker.play({ answers: { [RUNTIME_INFO]: hangingUp } });
    await expect(cluster.call(brokerRpc.getBrokerRuntimeInfo, addr, {})).rejects.toMatchObject({
      code: "CONNECTION_LOST",
    });
    broker.play({});
    expect(await cluster.can(addr, "haStatus")).toBe(true);
    await cluster.call(brokerRpc.getBrokerHaStatus, addr, {});
    expect(calls(HA_STATUS)).toBe(2);
  });

  it("a server that refused everything for a moment is asked again over the same connection once it is well", async () => {
    const refusing = () => ({ code: 3, remark: "not supported" });
    broker.play({ answers: { [ROUTE]: refusing, [CLUSTER_INFO]: refusing } });
    await expect(cluster.route("orders")).rejects.toMatchObject({ code: "REQUEST_CODE_NOT_SUPPORTED" });
    await expect(cluster.clusterInfo()).rejects.toMatchObject({ code: "REQUEST_CODE_NOT_SUPPORTED" });
    broker.play({});
    // Its good answer, since that topic is none of its own.
    await expect(cluster.route("orders")).rejects.toMatchObject({ code: "TOPIC_NOT_EXIST" });
    expect((await cluster.clusterInfo()).brokerAddrTable.size).toBe(1);
  });

  it("what an address showed is forgotten once nobody asks it any more", async () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    const other = await startScriptedBroker();
    try {
      expect(await cluster.can(broker.addr, "haStatus")).toBe(true);
      vi.advanceTimersByTime(120_000);
      await cluster.call(brokerRpc.getBrokerRuntimeInfo, other.addr, {});
      await expect
        .poll(async () => [await cluster.can(broker.addr, "haStatus"), calls(RUNTIME_INFO)])
        .toEqual([true, 2]);
    } finally {
      vi.useRealTimers();
      await other.stop();
    }
  });
});
