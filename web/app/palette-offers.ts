import type { Action } from "#contract/action.ts";
import { DLQ_PREFIX, RETRY_PREFIX } from "#contract/rules/names.ts";

/** What stands before the person's eyes, by the URL. */
interface InView {
  instanceId?: string;
  topic?: string;
  group?: string;
}

/** Something to do, by the place where it is done. */
interface Offer {
  /** Key of its words in `palette.do`. */
  key: string;
  /** What it is about, where that is in view. */
  name?: string;
  to: string;
  search: Record<string, string>;
}

export const isForGroup = (topic: string): boolean => topic.startsWith(RETRY_PREFIX) || topic.startsWith(DLQ_PREFIX);

/** Both kinds of message id: 32 hex digits (offset or unique id over IPv4), 40 and more over IPv6. */
const messageId = /^[0-9A-Fa-f]{32,60}$/;

/** Brokers index each word by itself, so that a key has no space; as long as the API takes. */
const messageKey = /^\S{1,1024}$/;

/** A message by what was typed: a key or an id, found in its topic or by what its clients traced; `name` is what it is looked for by. */
export function lookUpsOf(
  { instanceId, topic }: InView,
  typed: string,
  may: (action: Action) => boolean,
): { byId: Offer[]; byKey: Offer[] } {
  if (instanceId === undefined || !may("message:read")) return { byId: [], byKey: [] };
  const messages = `/instances/${encodeURIComponent(instanceId)}/messages`;
  const trace = `${messages}/trace`;
  return {
    byId: messageId.test(typed)
      ? [
          { key: "openId", name: typed, to: messages, search: { tab: "id", id: typed } },
          { key: "traceId", name: typed, to: trace, search: { id: typed } },
        ]
      : [],
    byKey: messageKey.test(typed)
      ? [
          topic === undefined
            ? { key: "keyInTopic", name: typed, to: messages, search: { tab: "key", key: typed } }
            : { key: "keyInThis", name: typed, to: messages, search: { tab: "key", key: typed, topic } },
          { key: "keyInTrace", name: typed, to: trace, search: { tab: "key", key: typed } },
        ]
      : [],
  };
}

/** What people come to do, as far as they may and there is an instance to do it in. */
export function offersOf({ instanceId, topic, group }: InView, may: (action: Action) => boolean): Offer[] {
  const sendTo = topic === undefined || isForGroup(topic) ? undefined : topic;
  const base = `/instances/${encodeURIComponent(instanceId ?? "")}`;
  const inside: [Action, Offer][] = [
    [
      "message:send",
      sendTo === undefined
        ? { key: "send", to: `${base}/dial-tests`, search: {} }
        : { key: "sendTo", name: sendTo, to: `${base}/dial-tests`, search: { topic: sendTo } },
    ],
    ["message:read", { key: "findByKey", to: `${base}/messages`, search: { tab: "key", ...(topic && { topic }) } }],
    ["message:read", { key: "findById", to: `${base}/messages`, search: { tab: "id", ...(topic && { topic }) } }],
    [
      "offset:reset",
      group === undefined
        ? { key: "reset", to: `${base}/groups`, search: {} }
        : { key: "resetOf", name: group, to: `${base}/groups/${encodeURIComponent(group)}`, search: { open: "reset" } },
    ],
    ["topic:create", { key: "createTopic", to: `${base}/topics`, search: { open: "create" } }],
    ["group:create", { key: "createGroup", to: `${base}/groups`, search: { open: "create" } }],
    ["topic:create", { key: "importTopics", to: `${base}/topic-import`, search: {} }],
    ["group:create", { key: "importGroups", to: `${base}/group-import`, search: {} }],
  ];
  const outside: [Action, Offer][] = [
    ["instance:create", { key: "register", to: "/instances", search: { open: "register" } }],
  ];
  return [...(instanceId === undefined ? [] : inside), ...outside].flatMap(([action, offer]) =>
    may(action) ? offer : [],
  );
}
