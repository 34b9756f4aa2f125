import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { expect, test } from "vitest";
import { RocketMQCluster } from "../rocketmq/cluster/cluster.ts";
import { RocketMQError } from "../rocketmq/errors.ts";
import { RemotingClient, type RemotingClientOptions } from "../rocketmq/remoting/client.ts";
import { brokerRpc } from "../rocketmq/rpc/broker.ts";
import { linesDone, linesToUndo, outcomesOf, writeLines } from "./plan-lines.ts";

const line = (brokerName: string) => ({ brokerName, addr: `${brokerName}:10911`, change: "update" });
const failed = (target: string, code: ConstructorParameters<typeof RocketMQError>[0]) => ({
  target,
  error: new RocketMQError(code, code),
});
const outcomes = outcomesOf({
  items: [{ target: { name: "a", addr: "a:10911" }, value: undefined }],
  failures: [failed("b", "CONNECTION_LOST"), failed("c", "REQUEST_TIMEOUT"), failed("d", "CONNECT_REFUSED")],
});

test("an answer that was lost is not told as a refusal", () => {
  expect(outcomes.map(({ target, ok, unknown = false }) => [target, ok, unknown])).toEqual([
    ["a", true, false],
    ["b", false, true],
    ["c", false, true],
    ["d", false, false],
  ]);
});

test("what may have been done can be taken back, and is not built upon", () => {
  const lines = ["a", "b", "c", "d"].map(line);
  expect(linesToUndo(lines, outcomes).map(({ brokerName }) => brokerName)).toEqual(["a", "b", "c"]);
  expect(linesDone(lines, outcomes).map(({ brokerName }) => brokerName)).toEqual(["a"]);
});

test("nothing was sent to a broker that takes no connection in time, or refuses it, and that is told so", async () => {
  const sockets = new Set<Socket>();
  const silent = createServer((socket) => sockets.add(socket.on("error", () => undefined))).listen(0, "127.0.0.1");
  const gone = createServer().listen(0, "127.0.0.1");
  await Promise.all([once(silent, "listening"), once(gone, "listening")]);
  const addrOf = (server: typeof silent) => `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const lines = [
    { brokerName: "a", addr: addrOf(silent), change: "update" },
    { brokerName: "b", addr: addrOf(gone), change: "update" },
  ];
  gone.close();
  const cluster = new RocketMQCluster({ namesrvAddrs: ["127.0.0.1:1"] });
  const write = async (options: RemotingClientOptions) => {
    const client = new RemotingClient({ timeoutMs: 100, ...options });
    const told = await writeLines(cluster, lines, [], async ({ addr }) => {
      await client.invoke(addr, { code: brokerRpc.updateBrokerConfig.code });
    });
    client.close();
    return told.map(({ ok, unknown = false, failure }) => [ok, unknown, failure?.code]);
  };
  // It says nothing, be it to a handshake or to a request.
  expect(await write({ tls: {}, connectTimeoutMs: 100 })).toEqual([
    [false, false, "CONNECT_TIMEOUT"],
    [false, false, "CONNECT_REFUSED"],
  ]);
  expect((await write({}))[0]).toEqual([false, true, "REQUEST_TIMEOUT"]);
  cluster.close();
  silent.close();
  for (const socket of sockets) socket.destroy();
});
