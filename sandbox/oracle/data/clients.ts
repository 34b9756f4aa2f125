import { z } from "zod";
import { MessageQueue } from "../calls.ts";
import type { Argument, Oracle } from "../oracle.ts";

const CLIENT = "org.apache.rocketmq.client";
const OWN = "io.rocketdeck.oracle";

/** A message as the Java producer takes it; properties are those that RocketMQ's setters write too. */
export interface NewMessage {
  topic: string;
  body: Buffer | string;
  tags?: string;
  keys?: string;
  flag?: number;
  properties?: Record<string, string>;
}

const SendResult = z.looseObject({
  msgId: z.string(),
  offsetMsgId: z.string().nullable(),
  messageQueue: z.object({ topic: z.string(), brokerName: z.string(), queueId: z.number() }).nullable(),
});
export type SendResult = z.infer<typeof SendResult>;

function messageBean({ topic, body, tags, keys, flag = 0, properties }: NewMessage): Argument {
  return {
    topic,
    flag,
    body: Buffer.from(body).toString("base64"),
    properties: {
      ...properties,
      ...(tags !== undefined && { TAGS: tags }),
      ...(keys !== undefined && { KEYS: keys }),
      WAIT: "true",
    },
  };
}

export interface Producer {
  send(message: NewMessage, queue: MessageQueue): Promise<SendResult>;
  sendBatch(messages: readonly NewMessage[], queue: MessageQueue): Promise<SendResult>;
  /** Half messages go to a queue of the producer's choice. */
  sendInTransaction(message: NewMessage, end: "COMMIT_MESSAGE" | "ROLLBACK_MESSAGE" | "UNKNOW"): Promise<SendResult>;
}

export interface Consumer {
  /** How many messages its listener has decided about. */
  handled(): Promise<number>;
  /** Each message as it came, the first thousand: `<UNIQ_KEY> <topic> <reconsumeTimes> <tag>`. */
  seen(): Promise<string[]>;
  /** Queues that it has taken for its own, those of its retry topic too. */
  queues(): Promise<MessageQueue[]>;
  stop(): Promise<void>;
}

export interface ConsumerPlan {
  group: string;
  /** Expressions by topic. */
  topics: Record<string, string>;
  listener?: "Concurrently" | "Orderly";
  /** Properties of DefaultMQPushConsumer. */
  properties?: Record<string, Argument>;
}

/** The official Java clients, in the process of the oracle; all end with it. */
export class Clients {
  private readonly oracle: Oracle;
  private readonly namesrv: string;
  private made = 0;

  constructor(oracle: Oracle, namesrvAddrs: readonly string[]) {
    this.oracle = oracle;
    this.namesrv = namesrvAddrs.join(";");
  }

  private common(name: string) {
    // Retry topics come later than their consumers, which look for new queues only every half minute otherwise.
    return { namesrvAddr: this.namesrv, clientIP: "127.0.0.1", instanceName: name, pollNameServerInterval: 1000 };
  }

  /** A producer with properties of DefaultMQProducer; it can send in transactions too. */
  async producer(group: string, properties: Record<string, Argument> = {}): Promise<Producer> {
    const name = `producer-${++this.made}`;
    const { oracle } = this;
    await oracle.make(`${name}-outcome`, `${OWN}.Outcome`, []);
    await oracle.make(name, `${CLIENT}.producer.TransactionMQProducer`, [group], {
      ...this.common(name),
      sendMsgTimeout: 10_000,
      transactionListener: { $: `${name}-outcome` },
      ...properties,
    });
    await oracle.call(name, "start");
    const send = async (method: string, ...args: Argument[]) => SendResult.parse(await oracle.call(name, method, args));
    return {
      send: (message, queue) => send("send", messageBean(message), { ...queue }),
      sendBatch: (messages, queue) => send("send", messages.map(messageBean), { ...queue }),
      sendInTransaction: (message, end) => send("sendMessageInTransaction", messageBean(message), end),
    };
  }

  /** A push consumer, which is online until it is stopped. */
  async consumer({ group, topics, listener = "Concurrently", properties }: ConsumerPlan): Promise<Consumer> {
    const name = `${group}-${++this.made}`;
    const { oracle } = this;
    await oracle.make(`${name}-listener`, `${OWN}.${listener}`, []);
    await oracle.make(name, `${CLIENT}.consumer.DefaultMQPushConsumer`, [group], {
      ...this.common(name),
      consumeFromWhere: "CONSUME_FROM_FIRST_OFFSET",
      consumeThreadMin: 2,
      consumeThreadMax: 2,
      // A single one, asked how it runs, would wait for itself.
      clientCallbackExecutorThreads: 4,
      ...properties,
    });
    for (const [topic, expression] of Object.entries(topics)) {
      await oracle.call(name, "subscribe", [topic, expression]);
    }
    await oracle.call(name, "registerMessageListener", [{ $: `${name}-listener` }]);
    await oracle.call(name, "start");
    return {
      handled: async () => z.number().parse(await oracle.call(`${name}-listener`, "handled")),
      seen: async () => z.array(z.string()).parse(await oracle.call(`${name}-listener`, "seen")),
      async queues() {
        await oracle.call(name, "getDefaultMQPushConsumerImpl", [], { as: `${name}-impl` });
        await oracle.call(`${name}-impl`, "getRebalanceImpl", [], { as: `${name}-rebalance` });
        await oracle.call(`${name}-rebalance`, "getProcessQueueTable", [], { as: `${name}-table` });
        return z.array(MessageQueue).parse(await oracle.call(`${name}-table`, "keySet"));
      },
      async stop() {
        await oracle.call(`${name}-listener`, "letGo");
        await oracle.call(name, "shutdown");
      },
    };
  }
}
