import type { RocketMQCluster } from "../cluster/cluster.ts";
import { asRocketMQError, type RocketMQError } from "../errors.ts";
import { groupRpc, type ConsumerRunningInfo } from "../rpc/group.ts";

/** How long a broker waits for its client. Source: Broker2Client.callClient. */
const BROKER_WAITS_MS = 10_000;
export const CLIENT_TIMEOUT_MS = BROKER_WAITS_MS + 2000;

interface AskedClient {
  consumerGroup: string;
  clientId: string;
  jstackEnable: boolean;
}

/** What one cluster knows of a client. */
interface Known {
  /** Questions that are under way, by where and what. */
  asked: Map<string, Promise<ConsumerRunningInfo>>;
  /** It did not answer in time, which was known at `at`, and until `until` may be at that question still. */
  silent?: { at: number; until: number; error: RocketMQError };
}

interface Turn {
  /** Ends with the last question. */
  last: Promise<unknown>;
  waiting: number;
  byCluster: Map<RocketMQCluster, Known>;
}

/**
 * By client id, over all clusters. A Java client answers this question on its four public threads; for each queue whose offset it has not in
 * memory it asks a broker and waits, for an answer that since 5.x the same four threads deliver. Four questions at once, and it does not pull,
 * commit or send heartbeats for as long as it is asked. Source: NettyRemotingClient.getCallbackExecutor,
 * DefaultMQPushConsumerImpl.consumerRunningInfo.
 */
const turns = new Map<string, Turn>();

async function ask(
  known: Known,
  cluster: RocketMQCluster,
  addr: string,
  client: AskedClient,
  { since, timeoutMs }: { since: number; timeoutMs: number },
): Promise<ConsumerRunningInfo> {
  const { silent } = known;
  // Who waited for a question that was not answered does not wait for as long again.
  if (silent !== undefined && (performance.now() < silent.until || since <= silent.at)) throw silent.error;
  const until = performance.now() + BROKER_WAITS_MS;
  try {
    const info = await cluster.call(groupRpc.getConsumerRunningInfo, addr, client, { timeoutMs });
    known.silent = undefined;
    return info;
  } catch (thrown) {
    const error = asRocketMQError(thrown);
    if (error.code === "REQUEST_TIMEOUT") known.silent = { at: performance.now(), until, error };
    throw error;
  }
}

/** Forgets a client that nobody asks, once it may be asked again everywhere. */
function leave(clientId: string, turn: Turn): void {
  const silentUntil = Math.max(...[...turn.byCluster.values()].map(({ silent }) => silent?.until ?? 0));
  const drop = () => {
    if (turn.waiting === 0 && turns.get(clientId) === turn) turns.delete(clientId);
  };
  setTimeout(drop, Math.max(0, silentUntil - performance.now())).unref();
}

/** What a client says of itself; it is asked through a broker that it is connected to, one question at a time, whoever asks. */
export function consumerRunningInfo(
  { base }: RocketMQCluster,
  addr: string,
  client: AskedClient,
  timeoutMs = CLIENT_TIMEOUT_MS,
): Promise<ConsumerRunningInfo> {
  const { clientId } = client;
  const turn = turns.get(clientId) ?? {
    last: Promise.resolve(),
    waiting: 0,
    byCluster: new Map<RocketMQCluster, Known>(),
  };
  turns.set(clientId, turn);
  const known = turn.byCluster.get(base) ?? { asked: new Map() };
  turn.byCluster.set(base, known);
  const key = JSON.stringify([addr, client.consumerGroup, client.jstackEnable]);
  const underWay = known.asked.get(key);
  if (underWay !== undefined) return underWay;
  turn.waiting++;
  const since = performance.now();
  const answer = turn.last.then(() => ask(known, base, addr, client, { since, timeoutMs }));
  known.asked.set(key, answer);
  turn.last = answer
    .catch(() => undefined)
    .then(() => {
      known.asked.delete(key);
      turn.waiting--;
      if (turn.waiting === 0) leave(clientId, turn);
    });
  return answer;
}
