import { createServer, type AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { FrameDecoder, FrameWriter, responseHeader } from "../remoting/frame.ts";
import { namesrvRpc } from "../rpc/namesrv.ts";
import { RocketMQCluster } from "./cluster.ts";
import { testConnection } from "./connection-test.ts";

const BROKERS = 200;

test("of the brokers that a name server lists only so many are tried at the same time", async () => {
  let waiting = 0;
  let most = 0;
  const server = createServer((socket) => {
    const decoder = new FrameDecoder();
    const answer = (opaque: number, body: object) => {
      const writer = new FrameWriter();
      writer.append(responseHeader(0, opaque, {}), Buffer.from(JSON.stringify(body)));
      for (const chunk of writer.take().chunks) socket.write(chunk);
    };
    socket.on("data", (chunk: Buffer) =>
      decoder.push(chunk, ({ code, opaque }) => {
        if (code === namesrvRpc.getBrokerClusterInfo.code) return answer(opaque, listed);
        most = Math.max(most, (waiting += 1));
        setTimeout(() => {
          waiting -= 1;
          answer(opaque, { table: {} });
        }, 5);
      }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const addr = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const names = Array.from({ length: BROKERS }, (_, n) => `broker-${n}`);
  const data = names.map((brokerName) => [brokerName, { brokerName, cluster: "C", brokerAddrs: { 0: addr } }]);
  const listed = { brokerAddrTable: Object.fromEntries(data) as object, clusterAddrTable: { C: names } };
  const cluster = new RocketMQCluster({ namesrvAddrs: [addr] });
  const report = await testConnection(cluster);
  expect(report.brokers.map(({ brokerName }) => brokerName)).toEqual(names);
  expect(most).toBeLessThanOrEqual(32);
  cluster.close();
  server.close();
});
