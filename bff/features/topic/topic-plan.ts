import type { Failure } from "#contract/list.ts";
import { apartFromGone } from "../../cluster/failures.ts";
import type { PlanWarning, Unkept } from "#contract/plan.ts";
import type { CreateTopic, TopicDeletion, TopicOnBroker, TopicPlan, UpdateTopic } from "#contract/topic.ts";
import { PERM } from "#contract/rules/topic.ts";
import type { CommandTarget } from "../../cluster/mqadmin.ts";
import { warn, warnOfGone } from "../../cluster/plan-lines.ts";
import type { OrderConf } from "../../rocketmq/admin/order-conf.ts";
import type { TopicConfig } from "../../rocketmq/rpc/topic.ts";
import type { TopicUsage } from "../../cluster/topic-users.ts";
import { deleteTopicCommands, updateTopicCommand } from "./topic-commands.ts";
import { presentOnBroker } from "./topic.presenter.ts";

/** A master and what it has of a topic; `config` is null where it does not have it. */
export interface TopicAt {
  brokerName: string;
  addr: string;
  config: TopicConfig | null;
  /** Whether it keeps a message type, and that a topic is ordered. */
  keepsTypes: boolean;
}

export interface TopicState {
  at: readonly TopicAt[];
  failures: readonly Failure[];
}

/** What a plan needs besides the request. */
export interface PlanContext {
  state: TopicState;
  target: CommandTarget;
}

type ShownPlan = Unkept<TopicPlan>;
type Change = TopicPlan["changes"][number];

const beforeOf = ({ brokerName, config }: TopicAt) =>
  config === null ? null : presentOnBroker({ brokerName, config });

export function planCreate(input: CreateTopic, { state, target }: PlanContext): ShownPlan {
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
      order: input.order && at.keepsTypes,
      messageType: at.keepsTypes ? input.messageType : "NORMAL",
    },
  }));
  const old = chosen.filter((at) => !at.keepsTypes).map((at) => at.brokerName);
  const lost = (wanted: boolean, key: string) =>
    wanted && old.length > 0 ? [warn(key, { brokers: old.join(", ") })] : [];
  return {
    changes,
    remark: input.remark === "" ? null : { before: "", after: input.remark },
    blocked: state.at.some((at) => at.config !== null) ? "TOPIC_EXISTS" : null,
    warnings: [
      ...lost(input.messageType !== "NORMAL", "typesNotKept"),
      ...lost(input.order, "orderNotKept"),
      ...permWarnings(input.perm),
    ],
    commands: changes.flatMap(({ addr, after, brokerName }) =>
      after === null
        ? []
        : [
            updateTopicCommand(target, {
              addr,
              topic: input.topic,
              after: { ...after, order: input.order },
              messageType: !old.includes(brokerName),
            }),
          ],
    ),
    failures: state.failures.filter((f) => input.brokers.includes(f.target)),
  };
}

function permWarnings(perm: number): PlanWarning[] {
  if ((perm & PERM.WRITE) === 0) return [warn("readOnly")];
  return (perm & PERM.READ) === 0 ? [warn("writeOnly")] : [];
}

/** An update of a topic as it is asked for, or one that takes another back: what each broker had. */
export type Update = UpdateTopic & {
  restore?: Readonly<Record<string, Pick<TopicOnBroker, "readQueues" | "writeQueues" | "perm">>>;
};

function updated(before: TopicOnBroker, { restore, readQueues, writeQueues, perm }: Update): TopicOnBroker {
  const inherit = before.perm & ~PERM.READ_WRITE;
  return {
    ...before,
    readQueues: readQueues ?? before.readQueues,
    writeQueues: writeQueues ?? before.writeQueues,
    perm: perm === undefined ? before.perm : perm | inherit,
    ...restore?.[before.brokerName],
  };
}

const same = (a: TopicOnBroker, b: TopicOnBroker) =>
  a.readQueues === b.readQueues && a.writeQueues === b.writeQueues && a.perm === b.perm;

export interface UpdateFacts {
  /** How many messages a broker has in queues from a number on; null where it did not tell. */
  storedBeyond: (brokerName: string, queues: number) => bigint | null;
  /** The name servers keep an order configuration, which is all of it where brokers are too old to say so. */
  ordered: boolean;
  system: boolean;
  /** The remark that the console keeps. */
  remark: string;
}

export function planUpdate(input: Update, { state, target }: PlanContext, facts: UpdateFacts): ShownPlan {
  const { failures, gone } = apartFromGone(state.failures);
  const changes: Change[] = [];
  const warnings: PlanWarning[] = [];
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
    warnings.push(...queueWarnings(before, after, facts));
  }
  const written = changes.filter((c) => c.change === "update");
  const perms = new Set(
    written.flatMap(({ before, after }) => (after && before?.perm !== after.perm ? [after.perm] : [])),
  );
  for (const perm of perms) warnings.push(...permWarnings(perm));
  if (written.length > 0) warnings.push(...warnOfGone(gone));
  return {
    changes,
    remark:
      input.remark === undefined || input.remark === facts.remark
        ? null
        : { before: facts.remark, after: input.remark },
    blocked: facts.system
      ? "SYSTEM_RESOURCE"
      : changes.length === 0 && failures.length === 0
        ? "TOPIC_NOT_EXIST"
        : null,
    warnings,
    commands: written.flatMap(({ brokerName, addr, after }) => {
      const one = state.at.find((at) => at.brokerName === brokerName);
      if (after === null || one === undefined) return [];
      // Brokers that keep no order have it at the name servers alone, where the tool writes it too.
      const order = after.order || (facts.ordered && !one.keepsTypes);
      const { topicSysFlag } = one.config ?? {};
      return [
        updateTopicCommand(target, {
          addr,
          topic: input.topic,
          after: { ...after, order },
          messageType: false,
          topicSysFlag,
        }),
      ];
    }),
    failures,
  };
}

function queueWarnings(
  before: TopicOnBroker,
  after: TopicOnBroker,
  { storedBeyond, ordered }: UpdateFacts,
): PlanWarning[] {
  const { brokerName } = before;
  const warnings: PlanWarning[] = [];
  if (after.readQueues < before.readQueues) {
    const stored = storedBeyond(brokerName, after.readQueues)?.toString();
    const params = { broker: brokerName, from: before.readQueues, to: after.readQueues };
    warnings.push(
      stored === undefined ? warn("shrinksReadUnknown", params) : warn("shrinksRead", { ...params, stored }),
    );
  }
  if (after.writeQueues > after.readQueues) {
    warnings.push(warn("writeAboveRead", { broker: brokerName, write: after.writeQueues, read: after.readQueues }));
  }
  if ((before.order || ordered) && after.writeQueues !== before.writeQueues)
    warnings.push(warn("orderMoves", { broker: brokerName }));
  return warnings;
}

export interface DeleteFacts {
  topic: string;
  system: boolean;
  /** Messages it has now; null where a broker did not tell. */
  stored: bigint | null;
  usage: Omit<TopicUsage, "failures">;
  /** Name servers that route to it, where no broker has it. */
  routes: readonly string[];
  /** Its order configuration, and what stays of it: brokers that may come back; null where no name server told. */
  order: { stored: OrderConf; left: OrderConf } | null;
}

function usageWarnings(usage: DeleteFacts["usage"]): PlanWarning[] {
  const { unknownSenders, unreadable, groupsOffline, groupsUnseen } = usage;
  const stored = unreadable.stored.toString();
  return [
    ...unknownSenders.map(({ address, secondsAgo }) => warn("recentSender", { address, seconds: secondsAgo })),
    ...(unreadable.stored === 0n
      ? []
      : unreadable.secondsAgo === null
        ? [warn("unreadable", { stored })]
        : [warn("unreadableRecent", { stored, seconds: unreadable.secondsAgo })]),
    ...(groupsOffline > 0 ? [warn("groupsOffline", { groups: groupsOffline })] : []),
    ...(groupsUnseen > 0 ? [warn("groupsUnseen", { groups: groupsUnseen })] : []),
  ];
}

export function planDelete(facts: DeleteFacts, { state, target }: PlanContext): Unkept<TopicDeletion> {
  const { failures, gone } = apartFromGone(state.failures);
  const changes = state.at
    .filter((at) => at.config !== null)
    .map((at): Change => ({
      brokerName: at.brokerName,
      addr: at.addr,
      change: "delete",
      before: beforeOf(at),
      after: null,
    }));
  const stored = facts.stored?.toString() ?? null;
  const blocked = whyNotDelete(facts, changes.length + facts.routes.length, failures.length);
  return {
    topic: facts.topic,
    changes,
    routes: [...facts.routes],
    stored,
    users: facts.usage.users,
    remark: null,
    blocked,
    warnings: [
      // Nothing is lost by what cannot be done.
      ...(blocked !== null || stored === null || stored === "0" ? [] : [warn("messagesLost", { stored })]),
      ...usageWarnings(facts.usage),
      ...warnOfGone(gone),
    ],
    commands:
      changes.length + facts.routes.length === 0 || facts.order === null
        ? []
        : deleteTopicCommands(target, facts.topic, facts.order),
    failures,
  };
}

function whyNotDelete(facts: DeleteFacts, found: number, failures: number): TopicPlan["blocked"] {
  if (facts.system) return "SYSTEM_RESOURCE";
  if (facts.usage.users.length > 0) return "STILL_IN_USE";
  if (failures > 0) return "USE_UNKNOWN";
  return found === 0 ? "TOPIC_NOT_EXIST" : null;
}
