import { createServer, type AddressInfo, type Socket } from "node:net";
import type { RemotingCommand } from "../rocketmq/remoting/command.ts";
import { FrameDecoder, FrameWriter, responseHeader } from "../rocketmq/remoting/frame.ts";

export interface ScriptedServer {
  addr: string;
  /** Codes that were asked, in order. */
  asked: number[];
  /** Connections that were ever made. */
  connections: number;
  stop(): void;
}

/** A server of RocketMQ's protocol that answers as no healthy one does; what it answers nothing to waits. */
export async function scriptedServer(
  answer: (command: RemotingCommand) => object | undefined | Promise<object | undefined>,
): Promise<ScriptedServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    scripted.connections += 1;
    const decoder = new FrameDecoder();
    const reply = async (command: RemotingCommand) => {
      scripted.asked.push(command.code);
      const body = await answer(command);
      if (body === undefined) return;
      const writer = new FrameWriter();
      writer.append(responseHeader(0, command.opaque, {}), Buffer.from(JSON.stringify(body)));
      for (const chunk of writer.take().chunks) socket.write(chunk);
    };
    socket.on("error", () => undefined);
    socket.on("data", (chunk: Buffer) => decoder.push(chunk, (command) => void reply(command)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const scripted: ScriptedServer = {
    addr: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: [],
    connections: 0,
    stop() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
  return scripted;
}

/** What a name server lists: brokers by cluster, all with one address. */
export function listed(clusters: Record<string, readonly string[]>, addr: string, owner?: string): object {
  const names = [...new Set(Object.values(clusters).flat())];
  const clusterOf = (name: string) =>
    owner ?? Object.entries(clusters).find(([, brokers]) => brokers.includes(name))?.[0] ?? "";
  return {
    brokerAddrTable: Object.fromEntries(
      names.map((brokerName) => [brokerName, { brokerName, cluster: clusterOf(brokerName), brokerAddrs: { 0: addr } }]),
    ),
    clusterAddrTable: clusters,
  };
}
