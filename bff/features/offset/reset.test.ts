import { expect, test } from "vitest";
import { startScriptedBroker } from "../../../sandbox/fault-proxy/scripted-broker.ts";
import { frame, parsed } from "../../../sandbox/fault-proxy/wire.ts";
import { RocketMQCluster } from "../../rocketmq/cluster/cluster.ts";
import { offsetRpc } from "../../rocketmq/rpc/offset.ts";
import { moveQueue } from "./reset.ts";

/** Ordinal of 4.9.7 in MQVersion.java. */
const VERSION = 407;

test("a broker before 5.0 says 0 of a queue without an offset, too: a move to 0 is done where it keeps one", async () => {
  let kept: Record<string, Record<number, number>> = {};
  const broker = await startScriptedBroker(() => ({
    answers: {
      [offsetRpc.updateConsumerOffset.code]: () => ({}),
      [offsetRpc.queryConsumerOffset.code]: () => ({ ext: { offset: "0" } }),
      [offsetRpc.getAllConsumerOffset.code]: () => ({ body: { offsetTable: kept } }),
    },
    altered(whole) {
      const { header, body } = parsed(whole);
      return frame({ ...header, version: VERSION }, body);
    },
  }));
  const cluster = new RocketMQCluster({ namesrvAddrs: [broker.addr] });
  const asked = { instanceId: "i", group: "g", topic: "t", to: "earliest", partial: false, who: "ada" } as const;
  const line = { brokerName: "b0", addr: broker.addr, queueId: 0, by: "console", change: "replay" } as const;
  const offsets = { before: "3", after: "0", minOffset: "0", maxOffset: "5", skipped: "0", replayed: "3" };
  const move = () => moveQueue(cluster, asked, { ...line, ...offsets }, false);
  try {
    expect(await move()).toEqual({ ok: false, failure: { target: "b0 · 0", code: "OFFSET_NOT_MOVED" } });
    kept = { "t@g": { 0: 0 } };
    expect(await move()).toEqual({ ok: true, says: "0" });
  } finally {
    cluster.close();
    await broker.stop();
  }
});
