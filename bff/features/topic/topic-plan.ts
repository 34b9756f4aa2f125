import type { CreateTopic, TopicOnBroker, TopicPlan, TopicUser, UpdateTopic } from "#contract/topic.ts";
import type { Failure } from "#contract/list.ts";
import { PERM } from "#contract/rules.ts";
import type { TopicConfig } from "../../rocketmq/rpc/topic.ts";
import { deleteTopicCommand, updateTopicCommand } from "./topic-commands.ts";
import { presentOnBroker } from "./topic.presenter.ts";

/** A master and what it has of a topic; `config` is null where it does not have it. */
export interface TopicAt {
  brokerName: string;
  addr: string;
  config: TopicConfig | null;
  /** Brokers before 5.0 keep no message type. */
  keepsTypes: boolean;
}

export interface TopicState {
  at: readonly TopicAt[];
  failures: readonly Failure[];
}

/** What a plan needs besides the request. */
export interface PlanContext {
  state: TopicState;
  users: readonly TopicUser[];
  target: { namesrvAddrs: readonly string[]; clusterName: string };
  /** Brokers that may come back with what they have. */
  gone: readonly string[];
}

type Change = TopicPlan["changes"][number];
type Warning = TopicPlan["warnings"][number];

const warn = (key: string, params: Warning["params"] = {}): Warning => ({ key, params });
const ofGone = (brokers: readonly string[]): Warning[] =>
  brokers.length === 0 ? [] : [warn("brokersGone", { brokers: brokers.join(", ") })];
const beforeOf = ({ brokerName, config }: TopicAt) =>
  config === null ? null : presentOnBroker({ brokerName, config });

export function planCreate(input: CreateTopic, { state, target }: PlanContext): TopicPlan {
  const chosen = state.at.filter((at) => input.brokers.includes(at.brokerName));
  const changes = chosen.map((at): Change => ({
    brokerName: at.brokerName,
    addr: at.addr,
    change: at.config === null ? "create" : "none",
    before: beforeOf(at),
    after: {
      brokerName: at.brokerName,
      readQueues: input.queues,
      writeQueues: input.queues,
      perm: input.perm,
      order: input.order,
      messageType: input.messageType,
    },
  }));
  const old = chosen.filter((at) => !at.keepsTypes && input.messageType !== "NORMAL");
  return {
    changes,
    users: [],
    blocked: state.at.some((at) => at.config !== null) ? "TOPIC_EXISTS" : null,
    warnings: [
      ...(old.length > 0 ? [warn("typesNotKept", { brokers: old.map((at) => at.brokerName).join(", ") })] : []),
      ...permWarnings(input.perm),
    ],
    commands: changes.flatMap(({ addr, after }) =>
      after === null ? [] : [updateTopicCommand(target, { addr, topic: input.topic, after, messageType: true })],
    ),
    failures: state.failures.filter((f) => input.brokers.includes(f.target)),
  };
}

function permWarnings(perm: number): Warning[] {
  if ((perm & PERM.WRITE) === 0) return [warn("readOnly")];
  return (perm & PERM.READ) === 0 ? [warn("writeOnly")] : [];
}

function updated(before: TopicOnBroker, input: UpdateTopic): TopicOnBroker {
  const inherit = before.perm & ~PERM.READ_WRITE;
  return {
    ...before,
    readQueues: input.readQueues ?? before.readQueues,
    writeQueues: input.writeQueues ?? before.writeQueues,
    perm: input.perm === undefined ? before.perm : input.perm | inherit,
  };
}

const same = (a: TopicOnBroker, b: TopicOnBroker) =>
  a.readQueues === b.readQueues && a.writeQueues === b.writeQueues && a.perm === b.perm;

/** `storedBeyond` tells how many messages a broker has in queues from a number on. */
export function planUpdate(
  input: UpdateTopic,
  { state, users, target, gone }: PlanContext,
  storedBeyond: (brokerName: string, queues: number) => bigint,
): TopicPlan {
  const changes: Change[] = [];
  const warnings: Warning[] = [];
  for (const at of state.at) {
    const before = beforeOf(at);
    if (before === null) continue;
    const after = updated(before, input);
    changes.push({
      brokerName: at.brokerName,
      addr: at.addr,
      change: same(before, after) ? "none" : "update",
      before,
      after,
    });
    warnings.push(...queueWarnings(before, after, storedBeyond));
  }
  const written = changes.filter((c) => c.change === "update");
  if (written.some(({ before, after }) => before?.perm !== after?.perm))
    warnings.push(...permWarnings(input.perm ?? 6));
  if (written.length > 0) warnings.push(...ofGone(gone));
  return {
    changes,
    users: written.length > 0 ? [...users] : [],
    blocked: changes.length === 0 && state.failures.length === 0 ? "TOPIC_NOT_EXIST" : null,
    warnings,
    commands: written.flatMap(({ addr, after }) =>
      after === null ? [] : [updateTopicCommand(target, { addr, topic: input.topic, after, messageType: false })],
    ),
    failures: [...state.failures],
  };
}

function queueWarnings(
  before: TopicOnBroker,
  after: TopicOnBroker,
  storedBeyond: (brokerName: string, queues: number) => bigint,
): Warning[] {
  const { brokerName } = before;
  const warnings: Warning[] = [];
  if (after.readQueues < before.readQueues) {
    const stored = storedBeyond(brokerName, after.readQueues).toString();
    warnings.push(warn("shrinksRead", { broker: brokerName, from: before.readQueues, to: after.readQueues, stored }));
  }
  if (after.writeQueues > after.readQueues) {
    warnings.push(warn("writeAboveRead", { broker: brokerName, write: after.writeQueues, read: after.readQueues }));
  }
  if (before.order && after.writeQueues !== before.writeQueues)
    warnings.push(warn("orderMoves", { broker: brokerName }));
  return warnings;
}

export interface DeleteFacts {
  topic: string;
  system: boolean;
  /** Messages it has now. */
  stored: bigint;
  /** Groups that have consumed it and are not online. */
  groupsOffline: number;
  /** Senders of the last minute that are no connected producer a broker knows. */
  unknownSenders: readonly { address: string; secondsAgo: number }[];
}

export function planDelete(facts: DeleteFacts, { state, users, target, gone }: PlanContext): TopicPlan {
  const changes = state.at
    .filter((at) => at.config !== null)
    .map((at): Change => ({
      brokerName: at.brokerName,
      addr: at.addr,
      change: "delete",
      before: beforeOf(at),
      after: null,
    }));
  const warnings = facts.unknownSenders.map((s) => warn("recentSender", { address: s.address, seconds: s.secondsAgo }));
  if (facts.stored > 0n) warnings.unshift(warn("messagesLost", { stored: facts.stored.toString() }));
  if (facts.groupsOffline > 0) warnings.push(warn("groupsOffline", { groups: facts.groupsOffline }));
  warnings.push(...ofGone(gone));
  return {
    changes,
    users: [...users],
    blocked: whyNotDelete(facts, changes.length, users.length, state.failures.length),
    warnings,
    commands: [deleteTopicCommand(target, facts.topic)],
    failures: [...state.failures],
  };
}

function whyNotDelete(facts: DeleteFacts, found: number, users: number, failures: number): TopicPlan["blocked"] {
  if (facts.system) return "SYSTEM_RESOURCE";
  if (users > 0) return "STILL_IN_USE";
  if (failures > 0) return "USE_UNKNOWN";
  return found === 0 ? "TOPIC_NOT_EXIST" : null;
}
