/** What a topic may be. Source: TopicConfig.java, PermName.java. */
export const QUEUES_MAX_DEFAULT = 8;

export const MESSAGE_TYPES = ["NORMAL", "FIFO", "DELAY", "TRANSACTION"] as const;
export type MessageType = (typeof MESSAGE_TYPES)[number];

/** Permission bits of a topic, as RocketMQ counts them: 4 read, 2 write; 1: topics that brokers make by themselves are made like it; 8: priority. */
export const PERM = { PRIORITY: 8, READ: 4, WRITE: 2, READ_WRITE: 6, INHERIT: 1 } as const;
export const PERMS = [6, 4, 2] as const;
export type Perm = (typeof PERMS)[number];

interface MaybeOrdered {
  order: boolean;
  queues: number | null;
  /** Left out where they are not chosen yet. */
  brokers?: readonly string[];
  messageType: string;
}

/** What keeps a topic from being strictly ordered, by field: it has one queue on one broker, of messages in order. Keys of issues. */
export function orderFaults({ order, queues, brokers, messageType }: MaybeOrdered): {
  queues?: "order.oneQueue";
  brokers?: "order.oneBroker";
  messageType?: "order.fifo";
} {
  if (!order) return {};
  return {
    ...(queues === 1 ? {} : { queues: "order.oneQueue" }),
    ...(brokers === undefined || brokers.length === 1 ? {} : { brokers: "order.oneBroker" }),
    ...(messageType === "FIFO" ? {} : { messageType: "order.fifo" }),
  };
}
