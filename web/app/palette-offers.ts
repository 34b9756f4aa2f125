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
