import type { CreateGroup, GroupDeletion, GroupOnBroker, GroupPlan, UpdateGroup } from "#contract/group.ts";
import { apartFromGone } from "../../cluster/failures.ts";
import type { PlanWarning, Unkept } from "#contract/plan.ts";
import type { Failure } from "#contract/list.ts";
import type { CommandTarget } from "../../cluster/mqadmin.ts";
import { warn, warnOfGone } from "../../cluster/plan-lines.ts";
import type { GroupConfigEntry } from "../../rocketmq/rpc/group.ts";
import { deleteGroupCommands, deleteTopicCommands, isBeyondTool, updateGroupCommand } from "./group-commands.ts";
import { presentOnBroker, sameSettings } from "./group.presenter.ts";

/** A master and what it has of a group; `entry` is null where it does not have it. */
export interface GroupAt {
  brokerName: string;
  addr: string;
  entry: GroupConfigEntry | null;
  keepsRetryPolicy: boolean;
}

/** What a plan needs besides the request. */
export interface PlanContext {
  at: readonly GroupAt[];
  target: CommandTarget;
  failures: readonly Failure[];
}

type ShownPlan = Unkept<GroupPlan>;
type Change = GroupPlan["changes"][number];

const beforeOf = ({ brokerName, addr, entry }: GroupAt) =>
  entry === null ? null : presentOnBroker({ brokerName, addr, entry });

/** Brokers that are too old keep neither a retry policy nor the order. */
function tooOld(at: readonly GroupAt[], input: { retryPolicy?: { type: string }; ordered?: boolean }): PlanWarning[] {
  const wanted = (input.retryPolicy !== undefined && input.retryPolicy.type !== "default") || input.ordered === true;
  const old = at.filter(({ keepsRetryPolicy }) => !keepsRetryPolicy).map(({ brokerName }) => brokerName);
  return wanted && old.length > 0 ? [warn("notKept", { brokers: old.join(", ") })] : [];
}

export function planCreate(input: CreateGroup, { at, target, failures }: PlanContext): ShownPlan {
  const chosen = at.filter(({ brokerName }) => input.brokers.includes(brokerName));
  const changes = chosen.map((one): Change => ({
    brokerName: one.brokerName,
    addr: one.addr,
    change: one.entry === null ? "create" : "none",
    before: beforeOf(one),
    after: {
      brokerName: one.brokerName,
      consumeEnable: input.consumeEnable,
      broadcastEnable: input.broadcastEnable,
      ordered: one.keepsRetryPolicy && input.ordered,
      retryMaxTimes: input.retryMaxTimes,
      retryPolicy: one.keepsRetryPolicy ? (input.retryPolicy ?? { type: "default" }) : null,
    },
  }));
  return {
    changes,
    remark: input.remark === "" ? null : { before: "", after: input.remark },
    blocked: at.some(({ entry }) => entry !== null) ? "GROUP_EXISTS" : null,
    warnings: [...tooOld(chosen, input), ...(input.consumeEnable ? [] : [warn("disabledFromStart")])],
    commands: commandsOf(input.group, changes, chosen, target),
    failures: failures.filter((failure) => input.brokers.includes(failure.target)),
  };
}

/** None where the tool, which resets what it has no option for, would change more than the console does. */
function commandsOf(group: string, changes: Change[], at: readonly GroupAt[], target: PlanContext["target"]): string[] {
  const stored = new Map(at.map(({ brokerName, entry }) => [brokerName, entry?.config]));
  const written = changes.filter(({ change }) => change !== "none");
  if (written.some(({ brokerName }) => isBeyondTool(stored.get(brokerName)))) return [];
  return written.flatMap(({ addr, after, brokerName }) =>
    after === null ? [] : [updateGroupCommand(target, { addr, group, after, stored: stored.get(brokerName) })],
  );
}

/** An update of a group as it is asked for, or one that takes another back: what each broker had. */
export type Update = UpdateGroup & { restore?: Readonly<Record<string, GroupOnBroker>> };

const updated = (before: GroupOnBroker, input: Update, keeps: boolean): GroupOnBroker => ({
  ...before,
  consumeEnable: input.consumeEnable ?? before.consumeEnable,
  broadcastEnable: input.broadcastEnable ?? before.broadcastEnable,
  ordered: keeps ? (input.ordered ?? before.ordered) : before.ordered,
  retryMaxTimes: input.retryMaxTimes ?? before.retryMaxTimes,
  retryPolicy: keeps ? (input.retryPolicy ?? before.retryPolicy) : null,
  ...input.restore?.[before.brokerName],
});

/** `remark`: what the console keeps now. */
export function planUpdate(
  input: Update,
  { at, target, failures: failed }: PlanContext,
  { system, remark }: { system: boolean; remark: string },
): ShownPlan {
  const { failures, gone } = apartFromGone(failed);
  const having = at.filter(({ entry }) => entry !== null);
  const changes = having.flatMap((one): Change[] => {
    const before = beforeOf(one);
    if (before === null) return [];
    const after = updated(before, input, one.keepsRetryPolicy);
    const change = sameSettings(before, after) ? "none" : "update";
    return [{ brokerName: one.brokerName, addr: one.addr, change, before, after }];
  });
  const written = changes.filter(({ change }) => change === "update");
  const some = (of: (before: GroupOnBroker, after: GroupOnBroker) => boolean) =>
    written.some(({ before, after }) => before !== null && after !== null && of(before, after));
  return {
    changes,
    remark: input.remark === undefined || input.remark === remark ? null : { before: remark, after: input.remark },
    blocked: system
      ? "SYSTEM_RESOURCE"
      : changes.length === 0 && failures.length === 0
        ? "SUBSCRIPTION_GROUP_NOT_EXIST"
        : null,
    warnings: [
      ...tooOld(having, input),
      ...(some((before, after) => before.consumeEnable && !after.consumeEnable) ? [warn("stopsConsuming")] : []),
      ...(some((before, after) => before.broadcastEnable && !after.broadcastEnable) ? [warn("stopsBroadcast")] : []),
      ...(some((before, after) => after.retryMaxTimes < before.retryMaxTimes) ? [warn("fewerRetries")] : []),
      ...(some((before, after) => before.ordered !== after.ordered) ? [warn("orderChanges")] : []),
      ...(written.length > 0 ? warnOfGone(gone) : []),
    ],
    commands: commandsOf(input.group, changes, having, target),
    failures,
  };
}

export interface DeleteFacts {
  group: string;
  system: boolean;
  withTopics: boolean;
  clients: GroupDeletion["clients"];
  topics: GroupDeletion["topics"];
  /** Messages that it has not consumed; null where it has no offsets. */
  lag: bigint | null;
  neverConsumed: bigint;
}

export function planDelete(facts: DeleteFacts, { at, target, failures: failed }: PlanContext): Unkept<GroupDeletion> {
  const { failures, gone } = apartFromGone(failed);
  const { group, withTopics, clients, topics, lag, neverConsumed } = facts;
  const changes = at
    .filter(({ entry }) => entry !== null)
    .map((one): Change => ({
      brokerName: one.brokerName,
      addr: one.addr,
      change: "delete",
      before: beforeOf(one),
      after: null,
    }));
  const stored = topics.reduce((sum, topic) => sum + BigInt(topic.stored ?? 0), 0n);
  const blocked = whyNotDelete(facts, changes.length, clients.length, failures.length);
  // Nothing is lost by what cannot be done.
  const losses = [
    ...(lag === null ? [] : [warn("offsetsLost", { lag: lag.toString() })]),
    ...(neverConsumed === 0n ? [] : [warn("neverConsumed", { count: neverConsumed.toString() })]),
    ...(withTopics && stored > 0n ? [warn("messagesLost", { stored: stored.toString() })] : []),
    ...(!withTopics && topics.length > 0 ? [warn("topicsStay", { topics: topics.length })] : []),
  ];
  return {
    changes,
    clients,
    topics,
    remark: null,
    blocked,
    warnings: [...(blocked === null ? losses : []), ...warnOfGone(gone)],
    commands:
      changes.length === 0
        ? []
        : [
            ...deleteGroupCommands(target, { group, addrs: changes.map(({ addr }) => addr), withTopics }),
            ...(withTopics ? deleteTopicCommands(target, group, topics) : []),
          ],
    failures,
  };
}

function whyNotDelete(facts: DeleteFacts, found: number, online: number, failed: number): GroupPlan["blocked"] {
  if (facts.system) return "SYSTEM_RESOURCE";
  if (online > 0) return "STILL_IN_USE";
  if (failed > 0) return "USE_UNKNOWN";
  return found === 0 ? "SUBSCRIPTION_GROUP_NOT_EXIST" : null;
}
