import type { Socket } from "node:net";
import { replyTo, startScriptedBroker } from "../../sandbox/fault-proxy/scripted-broker.ts";
import type { ScriptedRequest } from "../../sandbox/fault-proxy/answer.ts";

export interface ScriptedServer {
  addr: string;
  /** Codes that were asked, in order. */
  asked: number[];
  stop(): void;
}

/** A scripted peer that answers, sooner or later, one body a request; a request without one waits. */
export async function scriptedServer(
  answer: (request: ScriptedRequest) => object | undefined | Promise<object | undefined>,
): Promise<ScriptedServer> {
  const asked: number[] = [];
  const reply = async (request: ScriptedRequest, socket: Socket): Promise<void> => {
    const body = await answer(request);
    if (body !== undefined && !socket.destroyed) socket.write(replyTo(request, { body }));
  };
  const others = (request: ScriptedRequest, socket: Socket): undefined => {
    asked.push(request.code);
    void reply(request, socket);
  };
  const broker = await startScriptedBroker(() => ({ others }));
  return { addr: broker.addr, asked, stop: () => void broker.stop() };
}

/** What a name server lists: brokers by cluster, all with one address or each with its own. */
export function listed(
  clusters: Record<string, readonly string[]>,
  addr: string | Readonly<Record<string, string>>,
  owner?: string,
) {
  const names = [...new Set(Object.values(clusters).flat())];
  const clusterOf = (name: string) =>
    owner ?? Object.entries(clusters).find(([, brokers]) => brokers.includes(name))?.[0] ?? "";
  return {
    brokerAddrTable: Object.fromEntries(
      names.map((brokerName) => {
        const own = typeof addr === "string" ? addr : addr[brokerName];
        return [brokerName, { brokerName, cluster: clusterOf(brokerName), brokerAddrs: { 0: own } }];
      }),
    ),
    clusterAddrTable: clusters,
  };
}
