import type { RocketMQCluster } from "../cluster/cluster.ts";
import type { FanOutFailure } from "../cluster/fan-out.ts";
import type { TraceRecord } from "../codec/trace-record.ts";
import { asRocketMQError } from "../errors.ts";
import { withoutIndex, type QueryOptions } from "./key-index.ts";
import { topicBrokers } from "./topic-brokers.ts";
import { deliveriesIn, type Delivery } from "./trace-deliveries.ts";
import { TraceReader, type KeptRecord, type TraceQuery } from "./trace-reader.ts";

/** The topic that brokers make with `traceTopicEnable`, and clients write to unless they are told another. */
export const TRACE_TOPIC = "RMQ_SYS_TRACE_TOPIC";

/** `noTopic`: no broker has the trace topic. */
export interface TraceRead {
  noTopic: boolean;
  /** Oldest first by the time that their clients tell. */
  records: KeptRecord[];
  /** Trace messages with the id or key among theirs that cannot be unpacked. */
  brokenMessages: number;
  failures: FanOutFailure[];
  /** There is more than was read. */
  cut: boolean;
}

async function read(
  cluster: RocketMQCluster,
  query: TraceQuery,
  wanted: (record: TraceRecord) => boolean,
  options: QueryOptions,
): Promise<TraceRead> {
  const found = await topicBrokers(cluster, query.traceTopic, options.signal).catch((error: unknown) => {
    if (asRocketMQError(error).code !== "TOPIC_NOT_EXIST") throw error;
  });
  if (found === undefined) return { noTopic: true, records: [], brokenMessages: 0, failures: [], cut: false };
  const reader = new TraceReader(cluster, query, wanted, options);
  const targets = found.brokers.map((broker) => ({ name: broker.brokerName, addr: broker.master ?? "", broker }));
  const { items, failures } = await cluster.fanOut(targets, ({ broker }) => reader.readBroker(broker), options);
  const gaveNothing = items.filter(({ value }) => !value).map(({ target }) => target);
  const off = await withoutIndex(cluster, gaveNothing, options);
  const time = ({ record, storedAt }: KeptRecord) => record.at ?? storedAt;
  return {
    noTopic: false,
    records: reader.records.sort((a, b) => time(a) - time(b)),
    brokenMessages: reader.brokenMessages,
    failures: [...failures, ...off, ...found.gone],
    cut: reader.cut,
  };
}

/** Records of one message, by the id that its clients know it by. A broken record that names no id is among them: it may be one of its own. */
export const traceOf = (
  cluster: RocketMQCluster,
  { traceTopic, msgId }: { traceTopic: string; msgId: string },
  options: QueryOptions = {},
): Promise<TraceRead> =>
  read(
    cluster,
    { traceTopic, key: msgId },
    (record) => record.msgIds.includes(msgId) || (record.type === "broken" && mayBeOf(record, msgId)),
    options,
  );

const mayBeOf = ({ msgIds, text }: Extract<TraceRecord, { type: "broken" }>, msgId: string): boolean =>
  msgIds.length === 0 || text.includes(msgId);

/** Records of all messages with a key, without those of recalls, which tell no key. */
export const traceByKey = (
  cluster: RocketMQCluster,
  query: TraceQuery,
  options: QueryOptions = {},
): Promise<TraceRead> => read(cluster, query, ({ keys }) => keys.includes(query.key), options);

/** Traces of messages by their ids, each read once for all who ask; where there is no trace topic, nobody is asked again. */
export class Traces {
  readonly #cluster: RocketMQCluster;
  readonly #traceTopic: string;
  readonly #options: QueryOptions;
  readonly #byId = new Map<string, Promise<TraceRead>>();
  #noTopic: TraceRead | undefined;

  constructor(
    cluster: RocketMQCluster,
    { traceTopic = TRACE_TOPIC, ...options }: QueryOptions & { traceTopic?: string },
  ) {
    this.#cluster = cluster;
    this.#traceTopic = traceTopic;
    this.#options = options;
  }

  of(msgId: string): Promise<TraceRead> {
    const known = this.#noTopic === undefined ? this.#byId.get(msgId) : Promise.resolve(this.#noTopic);
    const read = known ?? traceOf(this.#cluster, { traceTopic: this.#traceTopic, msgId }, this.#options);
    this.#byId.set(msgId, read);
    read.then(
      (one) => {
        if (one.noTopic) this.#noTopic = one;
      },
      () => undefined,
    );
    return read;
  }

  /** When, where and with what outcome a group's clients were given a message, oldest first by their clocks, as far as they trace. */
  async deliveriesTo(group: string, msgId: string): Promise<{ deliveries: Delivery[]; failures: FanOutFailure[] }> {
    const { records, failures } = await this.of(msgId);
    return { deliveries: deliveriesIn(records, msgId).filter((one) => one.group === group), failures };
  }
}
