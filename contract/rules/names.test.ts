import { describe, expect, it } from "vitest";
import { groupNameFault, isInnerProducer, isSystemGroup, isSystemTopic, topicNameFault } from "./names.ts";

describe("names of RocketMQ's own", () => {
  it.each(["TBW102", "RMQ_SYS_TRANS_HALF_TOPIC", "RMQ_SYS_ROCKSDB_TRANS_OP_HALF_TOPIC", "rmq_sys_wheel_timer"])(
    "the topic %s",
    (topic) => expect([isSystemTopic(topic), topicNameFault(topic)]).toEqual([true, "reserved"]),
  );

  it.each(["CID_RMQ_SYS_TRANS", "CID_ONSAPI_PULL", "TOOLS_CONSUMER"])("the group %s", (group) =>
    expect([isSystemGroup(group), groupNameFault(group)]).toEqual([true, "reserved"]),
  );

  it.each(["order_REPLY_TOPIC", "RMQ_SYS_MINE", "broker-a"])("the topic %s only looks like one", (topic) =>
    expect([isSystemTopic(topic), topicNameFault(topic)]).toEqual([false, undefined]),
  );

  it.each(["CID_ONSAPI_mine", "CID_RMQ"])("the group %s only looks like one", (group) =>
    expect([isSystemGroup(group), groupNameFault(group)]).toEqual([false, undefined]),
  );

  it("some are of one cluster, and only those who know it can tell", () =>
    expect(isSystemTopic("c1_REPLY_TOPIC", new Set(["c1_REPLY_TOPIC"]))).toBe(true));

  it.each([
    ["CLIENT_INNER_PRODUCER", true],
    ["_INNER_TRACE_PRODUCER-orders-PRODUCE-1", true],
    ["DEFAULT_PRODUCER", false],
    ["orders", false],
  ])("the producer %s is a client's own: %s", (group, own) => expect(isInnerProducer(group)).toBe(own));
});
