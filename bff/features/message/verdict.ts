import type { Consumption, Evidence, MessagePlace, MessageState } from "#contract/message.ts";
import type { ConsumeState } from "../../rocketmq/admin/consume-state.ts";
import type { Retry } from "../../rocketmq/admin/retry-copies.ts";
import type { Delivery } from "../../rocketmq/admin/trace-deliveries.ts";
import type { OffsetMoveTable } from "../../store/schema.ts";

/** What is known of those who consume for a group. */
export interface KnownClients {
  /** Null: not everybody who may know them answered. */
  online: number | null;
  broadcasts: boolean;
  pops: boolean;
  /** Whether somebody subscribes to the topic; undefined where nobody said. */
  subscribed: boolean | undefined;
  /** All of them are known to subscribe to the topic alike: brokers keep the words of the last that registered. */
  alike: boolean;
  /** They are known to subscribe to it in different ways. */
  differ: boolean;
  /** All of them said which queues are theirs. */
  heard: boolean;
}

/** All that is known of a message for a group. */
export interface Facts {
  offset: bigint;
  /** When its broker stored it, epoch ms; undefined where nobody said. */
  storedAt?: number;
  byOffset: ConsumeState;
  clients: KnownClients;
  /** It lies in the group's own dead letter topic. */
  isDead: boolean;
  deadLetter?: MessagePlace & { retries: number };
  retry?: Retry & { place: MessagePlace };
  /** Copies were looked for, and everybody who may have one answered. */
  copiesKnown: boolean;
  /** What the group's clients say of it in the trace, oldest first; none where they do not trace, or it was not looked for. */
  traced: readonly Delivery[];
  /** What the group's clients subscribe to, where that leaves the message out. */
  leftOut: string | null;
  /** Resets of the queue by the console, oldest first. */
  moves: readonly Pick<OffsetMoveTable, "before" | "after" | "at" | "who">[];
  /** The broker gives the group nothing (`consumeEnable`). */
  switchedOff: boolean;
  /** Whose queue it is. */
  owner?: string;
  /** What the group consumes a second in a queue; null: not known. */
  perSecond: number | null;
  /** Where the queue begins, where the message is before that. */
  begins?: bigint;
}

type Verdict = Pick<Consumption, "state" | "certain" | "evidence" | "wouldTell">;

const certain = (state: MessageState, ...evidence: Evidence[]): Verdict => ({
  state,
  certain: true,
  evidence,
  wouldTell: null,
});

const text = (value: bigint | null | undefined) => value?.toString();

/**
 * The reset that moved the group over the message, unless a later one took it back before it. `ownWay`: it had passed the message without a reset
 * at some time, and so may have consumed it.
 */
function skipIn({ offset, storedAt, moves }: Facts): { by?: Facts["moves"][number]; ownWay: boolean } {
  const isPast = (position: string) => BigInt(position) > offset;
  let by: Facts["moves"][number] | undefined;
  let ownWay = false;
  for (const move of moves) {
    // Another message lay at the offset then: its topic was made anew.
    if (storedAt !== undefined && move.at < storedAt) continue;
    const wasPast = move.before !== null && isPast(move.before);
    if (wasPast && by === undefined) ownWay = true;
    if (!isPast(move.after)) by = undefined;
    else if (move.before !== null && !wasPast) by = move;
  }
  return { by, ownWay };
}

const toldBy = (kind: Evidence["kind"], { client, endedAt, beganAt, cost, attempt }: Delivery): Evidence => ({
  kind,
  client,
  at: endedAt ?? beganAt,
  ...(cost !== null && { ms: cost }),
  ...(attempt !== null && { attempt }),
});

/** The client that consumed it, by its own word. */
function ofTrace({ traced }: Facts): Verdict | undefined {
  const done = traced.findLast(({ success }) => success === true);
  return done && certain("consumed", toldBy("traced", done));
}

/** The last failure that a client tells of. */
function failureIn({ traced }: Facts): Evidence[] {
  const failed = traced.findLast(({ success }) => success === false);
  return failed === undefined ? [] : [toldBy("tracedFailure", failed)];
}

function ofRetry(facts: Facts): Verdict | undefined {
  const { retry, clients, copiesKnown } = facts;
  if (retry === undefined) return undefined;
  const { attempt, stage, dueAt, place } = retry;
  if (stage === "unknown") return { state: "unknown", certain: false, evidence: [], wouldTell: "answers" };
  if (stage === "passed" || stage === "beyondEnd")
    return {
      state: "passed",
      certain: false,
      evidence: [{ kind: "retryPassed", attempt, place }, ...(clients.pops ? [{ kind: "pops" as const }] : [])],
      wouldTell: "trace",
    };
  const how: Evidence =
    stage === "waits"
      ? { kind: "retryWaits", attempt, at: dueAt ?? null, place }
      : { kind: stage === "pulled" ? "retryPulled" : "retryStored", attempt, place };
  // A later copy may lie where nobody answered; what is pulled may be consumed.
  const told = certain("retry", how, ...failureIn(facts));
  if (!copiesKnown) return { ...told, certain: false, wouldTell: "answers" };
  return stage === "pulled" ? { ...told, certain: false, wouldTell: "trace" } : told;
}

const resetBy = ({ who, at, before, after }: Facts["moves"][number]): Evidence => ({
  kind: "reset",
  who,
  at,
  offset: before ?? undefined,
  to: after,
});

/** The group's offset is beyond the message, which tells no more than that. */
function ofPassed(facts: Facts): Verdict {
  const { byOffset, clients, copiesKnown, leftOut, deadLetter, storedAt } = facts;
  const past: Evidence =
    byOffset.state === "beyondEnd"
      ? { kind: "beyondEnd", offset: text(byOffset.committed), to: text(byOffset.end) }
      : { kind: "committedPast", offset: text(byOffset.committed) };
  if (deadLetter !== undefined) {
    const { retries, ...place } = deadLetter;
    return certain("deadLetter", { kind: "deadLetter", attempt: retries, place }, ...failureIn(facts));
  }
  const consumed = ofTrace(facts);
  if (consumed !== undefined) return consumed;
  const retry = ofRetry(facts);
  if (retry !== undefined) return retry;
  const notes: Evidence[] = [past, ...(copiesKnown ? [{ kind: "noCopy" as const }] : [])];
  const likely = (state: MessageState, more: Evidence[], wouldTell: Verdict["wouldTell"] = "trace"): Verdict => ({
    state,
    certain: false,
    evidence: [...more, ...notes],
    wouldTell,
  });
  const { by, ownWay } = skipIn(facts);
  const reset = by === undefined ? [] : [resetBy(by)];
  // Never certain: clients may have been ahead of the offset, and another tool may have moved it too.
  if (by !== undefined && !ownWay && storedAt !== undefined)
    return likely("skipped", reset, copiesKnown ? "trace" : "answers");
  if (byOffset.state === "beyondEnd") return likely("beyondEnd", reset);
  const filter: Evidence[] = [
    ...(leftOut === null ? [] : [{ kind: "leftOut" as const, expression: leftOut }]),
    ...(clients.alike
      ? []
      : [{ kind: clients.differ ? ("subscriptionsDiffer" as const) : ("subscriptionsUntold" as const) }]),
  ];
  if (leftOut !== null && clients.alike) return likely("filtered", filter);
  return likely("passed", [...reset, ...filter, ...(clients.pops ? [{ kind: "pops" as const }] : [])]);
}

/** No client says that the queue is its own; who pops has none. */
function ownedByNobody({ clients, owner }: Facts): Evidence[] {
  if (owner !== undefined || !clients.heard || clients.pops) return [];
  return [{ kind: "ownedByNobody" }, ...(clients.differ ? [{ kind: "subscriptionsDiffer" as const }] : [])];
}

/** What keeps a group from a message that it has not come to. */
function obstacles(facts: Facts): Evidence[] {
  const { offset, byOffset, clients, leftOut, owner, perSecond, switchedOff } = facts;
  const { committed } = byOffset;
  if (switchedOff)
    return [{ kind: "switchedOff" }, ...(clients.online === 0 ? [{ kind: "nobodyOnline" as const }] : [])];
  if (clients.online === 0) return [{ kind: "nobodyOnline" }];
  if (clients.subscribed === false) return [{ kind: "nobodySubscribes", count: clients.online ?? undefined }];
  const rate: Evidence[] =
    perSecond === null || committed === null || committed === undefined
      ? []
      : perSecond > 0
        ? [{ kind: "catchUp", ms: (Number(offset - committed) * 1000) / perSecond }]
        : [{ kind: "standsStill" }];
  return [
    ...(owner === undefined ? ownedByNobody(facts) : [{ kind: "ownedBy" as const, client: owner }]),
    ...rate,
    ...(leftOut === null ? [] : [{ kind: "leftOut" as const, expression: leftOut }]),
  ];
}

/** Given to clients and not committed: what is consumed after one that is not, a broker does not know. */
function ofPulled(facts: Facts): Verdict {
  const { offset, byOffset, clients, owner, traced } = facts;
  const begun = traced.findLast(({ ended }) => !ended);
  return (
    ofTrace(facts) ??
    certain(
      "pulled",
      { kind: "pulledPast", offset: text(byOffset.pulled) },
      ...offsetNote(byOffset.committed, offset),
      ...(begun === undefined ? [] : [toldBy("tracedBegin", begun)]),
      ...(owner === undefined ? [] : [{ kind: "ownedBy" as const, client: owner }]),
      ...(clients.online === 0 ? [{ kind: "nobodyOnline" as const }] : []),
    )
  );
}

function ofWaiting(facts: Facts): Verdict {
  const { offset, byOffset, clients, begins, moves } = facts;
  const { committed } = byOffset;
  if (byOffset.state === "pulled") return ofPulled(facts);
  if (begins !== undefined && offset < begins) {
    const told = certain("lost", { kind: "retention", offset: begins.toString() }, ...offsetNote(committed, offset));
    // Before it was taken back the group had passed it.
    const back = moves.find(({ before }) => before !== null && BigInt(before) > offset);
    if (back === undefined) return told;
    return { ...told, certain: false, evidence: [...told.evidence, resetBy(back)], wouldTell: "log" };
  }
  if (byOffset.state === "toConsume")
    return certain("toConsume", ...offsetNote(committed, offset), ...obstacles(facts));
  const none: Evidence = { kind: "noOffset" };
  const { online, subscribed } = clients;
  if (online !== null && online > 0 && subscribed === false)
    return certain("notSubscribed", { kind: "nobodySubscribes", count: online }, none);
  return certain(
    "neverCommitted",
    none,
    ...(online === 0 ? [{ kind: "nobodyOnline" as const }] : ownedByNobody(facts)),
  );
}

const offsetNote = (committed: bigint | null | undefined, offset: bigint): Evidence[] =>
  committed === null || committed === undefined
    ? [{ kind: "noOffset" }]
    : [{ kind: "committedBefore", offset: committed.toString(), behind: (offset - committed).toString() }];

/** Each client consumes it for itself; those that trace say so. */
function ofBroadcast({ traced }: Facts): Verdict {
  const evidence = traced.filter(({ success }) => success === true).map((one) => toldBy("traced", one));
  return { state: "broadcasting", certain: true, evidence, wouldTell: evidence.length === 0 ? "trace" : null };
}

function verdictOf(facts: Facts): Verdict {
  const { byOffset, clients, isDead } = facts;
  if (isDead) return certain("deadLetter");
  if (clients.broadcasts) return ofBroadcast(facts);
  if (byOffset.state === "unknown") return { state: "unknown", certain: false, evidence: [], wouldTell: "answers" };
  return byOffset.state === "passed" || byOffset.state === "beyondEnd" ? ofPassed(facts) : ofWaiting(facts);
}

/** What became of a message with a group, by what is known of it and never more certain than that. */
export function judgeMessage(facts: Facts): Consumption {
  const { byOffset, deadLetter, leftOut } = facts;
  const verdict = verdictOf(facts);
  return {
    ...verdict,
    committed: byOffset.committed?.toString() ?? null,
    end: byOffset.end?.toString() ?? null,
    subscription: verdict.state === "filtered" ? leftOut : null,
    deadLetter: deadLetter ?? null,
  };
}
