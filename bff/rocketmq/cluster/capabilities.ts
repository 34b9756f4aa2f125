import { versionOrdinal, type Release } from "../codec/mq-version.ts";
import type { RemotingCommand } from "../remoting/command.ts";
import { brokerRpc } from "../rpc/broker.ts";
import { groupRpc } from "../rpc/group.ts";
import { messageRpc } from "../rpc/message.ts";
import { producerRpc } from "../rpc/producer.ts";
import { topicRpc } from "../rpc/topic.ts";

/** Since which release brokers can do something, and the request, if any, that those which cannot refuse. */
interface Row {
  readonly since: Release;
  readonly request?: { readonly code: number };
}

/** What not every broker can do. Asked with `cluster.can(addr, name)`. */
const capabilities = {
  /** Topics have attributes, the message type among them, and keep whether they are ordered; one topic can be asked for. */
  topicAttributes: { since: "5.0.0", request: topicRpc.getTopicConfig },
  createManyTopics: { since: "5.3.0", request: topicRpc.updateAndCreateTopicList },
  /** Groups have a retry policy and keep whether they are ordered. */
  groupRetryPolicy: { since: "5.0.0" },
  createManyGroups: { since: "5.3.1", request: groupRpc.updateAndCreateSubscriptionGroupList },
  topicsOfGroup: { since: "5.0.0", request: groupRpc.queryTopicsByConsumer },
  /** Brokers give clients their queues, and may make them pop. */
  assignQueues: { since: "5.0.0", request: groupRpc.queryAssignment },
  listProducers: { since: "4.9.4", request: producerRpc.getAllProducerInfo },
  haStatus: { since: "5.0.0", request: brokerRpc.getBrokerHaStatus },
  /** Code 14 tells whether a group has an offset (`setZeroIfNotFound`); before, one is made up where a queue begins in memory. */
  tellsNoOffset: { since: "5.0.0" },
  /** Code 208 takes a list of topics (`topicList`), and tells of each whether or not clients subscribe to it as the broker has it. */
  statsOfTopics: { since: "5.3.0" },
  /** A message waits for any time, not for a level alone. */
  timers: { since: "5.0.0" },
  /** A message that waits for its time can be taken back, where the broker allows it (`recallMessageEnable`). */
  recall: { since: "5.3.1", request: messageRpc.recallMessage },
  /** `boundaryType` is heeded, as the judge finds at every boundary of a message. */
  exactTimeSearch: { since: "5.1.4" },
} as const satisfies Record<string, Row>;

export type Capability = keyof typeof capabilities;

const SUCCESS = 0;
export const REQUEST_CODE_NOT_SUPPORTED = 3;
/** A server that is unwell for a moment may refuse what it knows. */
const REFUSED_MS = 60_000;

const tellingRequests: ReadonlySet<number> = new Set(
  Object.values(capabilities).flatMap(({ request }: Row) => (request ? [request.code] : [])),
);

interface Seen {
  version: number;
  /** Until when it counts as unknown to that server, 0 where it is known, by request of the table. */
  requests: Map<number, number>;
}

/** What servers showed of what they can do, by address. */
export class Capabilities {
  readonly #seen = new Map<string, Seen>();
  readonly #now: () => number;

  constructor(now = () => performance.now()) {
    this.#now = now;
  }

  /** Takes from an answer what it tells of its server; what one of another version showed no longer counts. */
  answered(addr: string, request: number, { code, version }: Pick<RemotingCommand, "code" | "version">): void {
    let seen = this.#seen.get(addr);
    if (seen?.version !== version) {
      seen = { version, requests: new Map() };
      this.#seen.set(addr, seen);
    }
    if (!tellingRequests.has(request)) return;
    if (code === SUCCESS) seen.requests.set(request, 0);
    else if (code === REQUEST_CODE_NOT_SUPPORTED) seen.requests.set(request, this.#now() + REFUSED_MS);
  }

  /** Whose connection ended may have been started anew. */
  forget(addr: string): void {
    this.#seen.delete(addr);
  }

  /** Whether that server said within a minute that it does not know the request. */
  refuses(addr: string, request: number): boolean {
    return this.#showed(addr, request) === false;
  }

  /** By what it showed, else by its version; undefined while neither is known. */
  can(addr: string, capability: Capability): boolean | undefined {
    const { since, request }: Row = capabilities[capability];
    const seen = this.#seen.get(addr);
    if (seen === undefined) return undefined;
    const shown = request && this.#showed(addr, request.code);
    if (shown !== undefined) return shown;
    return seen.version > 0 ? seen.version >= versionOrdinal(since) : undefined;
  }

  #showed(addr: string, request: number): boolean | undefined {
    const until = this.#seen.get(addr)?.requests.get(request);
    if (until === 0) return true;
    return until !== undefined && this.#now() < until ? false : undefined;
  }
}
