import { listSearchOf, oneOf, text } from "../../lib/search.ts";

export const producersSearch = listSearchOf({
  broker: text,
  sort: oneOf("group", "topic", "clients", "lastSentAt"),
  /** Group whose connections are shown. */
  of: text,
});

export const presences = ["online", "offline", "unseen"] as const;

export const consumerTabs = ["lag", "clients"] as const;

export const consumersSearch = listSearchOf({
  broker: text,
  presence: oneOf(...presences),
  sort: oneOf("group", "topic", "clients", "lag", "neverConsumed", "groupTps"),
  /** Group whose lag or connections are shown, and the topic that comes first there. */
  of: text,
  topic: text,
  tab: oneOf(...consumerTabs),
});
export type ConsumersSearch = ReturnType<typeof consumersSearch>;
