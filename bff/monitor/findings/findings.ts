import type { Checked, Finding, FindingLevel, Findings as Told, FindingsBrief, FoundOf } from "#contract/finding.ts";
import { FINDING_RULES, type FindingRule } from "#contract/rules/finding.ts";
import { isSystemGroup } from "#contract/rules/names.ts";
import type { Monitor } from "../monitor.ts";
import { clusterRules } from "./cluster-rules.ts";
import { catchUpMs, consumingOf, groupRules } from "./group-rules.ts";
import type { Found, Known, Rule } from "./rule.ts";
import { Trends } from "./trends.ts";

/** Of one rule; a cluster may have thousands of groups that nobody uses any more. */
const MOST_OF_RULE = 10;
/** What is not found for a moment has not ended. */
const FORGOTTEN_MS = 60_000;

/** Clients that start commit within some seconds: what may be no more than that is held back for so long. */
const SETTLES_MS: Partial<Record<FindingRule, number>> = { neverConsumed: 60_000 };

const LEVELS = ["critical", "warning", "info"] as const;

type Weighed = Omit<Finding, "since"> & Pick<Found, "weight">;

const SWEPT = ["topics", "groups", "clients"] as const;

/** When the oldest of the sweeps was; null before there is one. */
const sweptAt = (known: Known): number | null => {
  const times = SWEPT.flatMap((what) => known[what]?.at ?? []);
  return times.length === 0 ? null : Math.min(...times);
};

const foundBy = (rules: readonly Rule[], known: Known, asOf: number | null): Weighed[] =>
  rules.flatMap((rule) =>
    [...rule.find(known)].map(({ level, subject, context = null, figures, weight }): Weighed => ({
      id: `${rule.id} ${subject.kind} ${subject.name}`,
      rule: rule.id,
      level,
      subject,
      context,
      figures,
      weight,
      asOf,
    })),
  );

/** Of groups, whose sweeps go no further while nobody of the cluster answers. */
const foundOfGroups = (known: Known): Weighed[] =>
  foundBy(groupRules, known, known.cluster?.state === "unreachable" ? sweptAt(known) : null);

const rank = ({ level, rule }: Weighed) => LEVELS.indexOf(level) * FINDING_RULES.length + FINDING_RULES.indexOf(rule);

/** All that the rules find, the worst first; what is found of groups is the same until they are swept again. */
export const found = (known: Known, ofGroups = foundOfGroups(known)): Weighed[] =>
  [...foundBy(clusterRules, known, null), ...ofGroups].sort((a, b) => rank(a) - rank(b) || b.weight - a.weight);

/** Of findings that are sorted. */
function worstOf(all: readonly Weighed[]): ReadonlyMap<string, FoundOf> {
  const worst = new Map<string, FoundOf>();
  for (const { subject, rule, level } of all)
    if (subject.kind === "group" && !worst.has(subject.name)) worst.set(subject.name, { rule, level });
  return worst;
}

interface Sought {
  kind?: Finding["subject"]["kind"];
  group?: string;
  topic?: string;
}

/** Whether it is of this group or topic, or of anything of a kind. */
const isOf = (one: Weighed, { kind, group, topic }: Sought): boolean => {
  if (kind !== undefined && one.subject.kind !== kind) return false;
  if (group === undefined && topic === undefined) return true;
  if (one.subject.kind === "group") {
    const about = [one.figures["topic"]?.value, ...String(one.figures["topics"]?.value ?? "").split(", ")];
    return one.subject.name === group || (topic !== undefined && about.includes(topic));
  }
  return one.subject.kind === "topic" && one.subject.name === topic;
};

/** What is remembered of an instance. */
interface Memory {
  trends: Trends;
  since: Map<string, { from: number; last: number }>;
  /** The last look, which is the same as long as nothing new was swept. */
  last?: { known: Known; ofGroups: Weighed[]; all: Weighed[]; worst: ReadonlyMap<string, FoundOf> };
}

/** What of a monitor findings are made of. */
type Watched = Pick<Monitor, "onSnapshot" | "lastSighting"> & { stats: Pick<Monitor["stats"], "peek"> };

/** Finds what is wrong in what the monitor sees anyway, and remembers since when. */
export class Findings {
  readonly #monitor: Watched;
  readonly #now: () => number;
  readonly #instances = new Map<string, Memory>();

  constructor(monitor: Watched, now: () => number) {
    this.#monitor = monitor;
    this.#now = now;
    monitor.onSnapshot((seen) => {
      // Recorded of what was told already, which may be forgotten since.
      if (seen.what === "samples") return;
      const { trends } = this.#of(seen.instanceId);
      if (seen.what === "cluster") trends.addCluster(seen.sighting);
      else if (seen.what === "topics") trends.addTopics(seen.topics);
      else if (seen.what === "groups") trends.addGroups(seen.groups);
      else trends.addClients(seen.clients);
      this.#look(seen.instanceId);
    });
  }

  /** What is wrong with an instance now, or with a group or topic of it. */
  of(instanceId: string, sought: Sought = {}): Told {
    const { known, all: whole } = this.#look(instanceId);
    const all = whole.filter((one) => isOf(one, sought));
    const counts = new Map<FindingRule, number>();
    const items = all.flatMap((one): Finding[] => {
      const count = (counts.get(one.rule) ?? 0) + 1;
      counts.set(one.rule, count);
      return count > MOST_OF_RULE ? [] : [this.#aged(instanceId, one)];
    });
    const more = [...counts].flatMap(([rule, count]) =>
      count > MOST_OF_RULE ? [{ rule, count: count - MOST_OF_RULE }] : [],
    );
    return { items, more, checked: checkedOf(known), at: known.now };
  }

  /** How many there are by level, those that are known now, and the worst of all. */
  briefOf(instanceId: string): FindingsBrief {
    const { known, all } = this.#look(instanceId);
    const counts = Object.fromEntries(LEVELS.map((level) => [level, 0])) as Record<FindingLevel, number>;
    for (const { level, asOf } of all) if (asOf === null) counts[level] += 1;
    const [worst] = all;
    const checked = checkedOf(known);
    return {
      counts,
      worst: worst === undefined ? null : this.#aged(instanceId, worst),
      notYet: checked.flatMap(({ what, at }) => (at === null ? [what] : [])),
      at: checked.reduce<number | null>((first, { at }) => (at === null || (first ?? at) < at ? first : at), null),
    };
  }

  /** The worst that is found of each group that something is found of. */
  worstOfGroups(instanceId: string): ReadonlyMap<string, FoundOf> {
    return this.#look(instanceId).worst;
  }

  /** Groups of which a rule finds something. */
  groupsOf(instanceId: string, rule: FindingRule): ReadonlySet<string> {
    const { all } = this.#look(instanceId);
    return new Set(all.flatMap((one) => (one.rule === rule && one.subject.kind === "group" ? [one.subject.name] : [])));
  }

  /** How long a group takes to consume what waits, in ms; null where it does not gain on it, or nobody knows. */
  catchUpOf(instanceId: string, group: string): number | null {
    return catchUpMs(this.#look(instanceId).known, group);
  }

  /** Messages that a group consumes a second, by the last minute; null where it waits for nothing, or nobody knows. */
  consumingOf(instanceId: string, group: string): number | null {
    return consumingOf(this.#look(instanceId).known, group);
  }

  /** Instances of which something is remembered. */
  get size(): number {
    return this.#instances.size;
  }

  /** Drops what is known of an instance: it was removed, or reaches another cluster now. */
  forget(instanceId: string): void {
    this.#instances.delete(instanceId);
  }

  #of(instanceId: string): Memory {
    const memory = this.#instances.get(instanceId) ?? { trends: new Trends(), since: new Map() };
    this.#instances.set(instanceId, memory);
    return memory;
  }

  #aged(instanceId: string, { weight: _, ...one }: Weighed): Finding {
    return { ...one, since: this.#of(instanceId).since.get(one.id)?.from ?? this.#now() };
  }

  #known(instanceId: string): Known {
    const { trends } = this.#of(instanceId);
    const cluster = this.#monitor.lastSighting(instanceId);
    return { now: this.#now(), cluster, ...this.#monitor.stats.peek(instanceId), trends };
  }

  #look(instanceId: string): NonNullable<Memory["last"]> {
    const memory = this.#of(instanceId);
    const { since, last: before } = memory;
    const known = this.#known(instanceId);
    const isSwept =
      before !== undefined &&
      (SWEPT.some((what) => before.known[what] !== known[what]) ||
        before.known.cluster?.state !== known.cluster?.state);
    if (before !== undefined && !isSwept && before.known.cluster === known.cluster) return before;
    const ofGroups = before === undefined || isSwept ? foundOfGroups(known) : before.ofGroups;
    const seen = found(known, ofGroups);
    for (const { id } of seen) since.set(id, { from: since.get(id)?.from ?? known.now, last: known.now });
    const ageOf = (id: string) => known.now - (since.get(id)?.from ?? known.now);
    const all = seen.filter(({ id, rule }) => ageOf(id) >= (SETTLES_MS[rule] ?? 0));
    for (const [id, { last }] of since) if (known.now - last > FORGOTTEN_MS) since.delete(id);
    memory.last = { known, ofGroups, all, worst: worstOf(all) };
    return memory.last;
  }
}

function checkedOf({ cluster, topics, groups, clients }: Known): Checked[] {
  let online = 0;
  for (const of of clients?.byName.values() ?? []) online += of.online.length > 0 ? 1 : 0;
  const user = [...(groups?.known ?? [])].filter((group) => !isSystemGroup(group));
  const isPart = (failures: readonly unknown[] | undefined) => failures !== undefined && failures.length > 0;
  return [
    { what: "cluster", at: cluster?.at ?? null, count: cluster?.brokers.length ?? 0, atLeast: false },
    { what: "topics", at: topics?.at ?? null, count: topics?.byName.size ?? 0, atLeast: isPart(topics?.failures) },
    {
      what: "groups",
      at: groups?.at ?? null,
      count: user.length,
      atLeast: isPart(groups && [...groups.failures, ...groups.untold]),
    },
    { what: "clients", at: clients?.at ?? null, count: online, atLeast: isPart(clients?.failures) },
  ];
}
