/** What a topic may be. Source: TopicConfig.java, PermName.java. */
export const QUEUES_MAX_DEFAULT = 8;

export const MESSAGE_TYPES = ["NORMAL", "FIFO", "DELAY", "TRANSACTION"] as const;
export type MessageType = (typeof MESSAGE_TYPES)[number];

/** Permission bits of a topic, as RocketMQ counts them: 4 read, 2 write. */
export const PERM = { READ: 4, WRITE: 2, READ_WRITE: 6 } as const;
export const PERMS = [6, 4, 2] as const;
export type Perm = (typeof PERMS)[number];
