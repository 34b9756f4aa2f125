import type { OutgoingMessage } from "../../../rocketmq/client/outgoing-message.ts";
import { isSystemProperty, MessageConst } from "../../../rocketmq/codec/properties.ts";
import type { StoredMessage } from "../../../rocketmq/codec/stored-message.ts";
import { SysFlag } from "../../../rocketmq/codec/sys-flag.ts";

/** What the application gave a message: what RocketMQ itself set is not sent again, so that a delay or a transaction does not begin anew. */
export function outgoingOf(
  message: StoredMessage,
  to: { topic: string; retryOf?: string },
): OutgoingMessage & { properties: Record<string, string> } {
  const own = [...message.properties].filter(([name]) => !isSystemProperty(name));
  // The stored body goes on as it is: nothing is unpacked, however large it would be.
  const packed =
    message.compression === undefined ? 0 : message.sysFlag & (SysFlag.COMPRESSED | SysFlag.COMPRESSION_MASK);
  return {
    ...to,
    body: message.storedBody,
    packed,
    tag: message.tags,
    keys: message.keys,
    flag: message.flag,
    shardingKey: message.properties.get(MessageConst.SHARDING_KEY),
    properties: Object.fromEntries(own),
  };
}

/** What a message had of its own that a copy does not have. */
export function lostIn({ properties }: Pick<StoredMessage, "properties">): { delay: boolean; transaction: boolean } {
  const delays = [
    MessageConst.TIMER_DELIVER_MS,
    MessageConst.TIMER_DELAY_SEC,
    MessageConst.TIMER_DELAY_MS,
    MessageConst.DELAY,
  ].map((name) => properties.get(name));
  return {
    // A broker that makes a dead letter writes the level 0.
    delay: delays.some((value) => value !== undefined && value !== "0"),
    transaction: properties.get(MessageConst.TRAN_MSG) === "true",
  };
}
