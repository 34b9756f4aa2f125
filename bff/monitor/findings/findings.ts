import type { Checked, Finding, Findings as Told, FoundOf } from "#contract/finding.ts";
import { FINDING_RULES, type FindingRule } from "#contract/rules/finding.ts";
import { isSystemGroup } from "#contract/rules/names.ts";
import type { Monitor } from "../monitor.ts";
import { clusterRules } from "./cluster-rules.ts";
import { groupRules } from "./group-rules.ts";
import type { Found, Known, Rule } from "./rule.ts";
import { Trends } from "./trends.ts";

const rules: readonly Rule[] = [...clusterRules, ...groupRules];

/** Of one rule; a cluster may have thousands of groups that nobody uses any more. */
const MOST_OF_RULE = 10;
/** What is not found for a moment has not ended. */
const FORGOTTEN_MS = 60_000;

/** Clients that start commit within some seconds: what may be no more than that is held back for so long. */
const SETTLES_MS: Partial<Record<FindingRule, number>> = { neverConsumed: 60_000 };

const LEVELS = ["critical", "warning", "info"] as const;

type Weighed = Omit<Finding, "since"> & Pick<Found, "weight">;

/** All that the rules find, the worst first. */
export function found(known: Known): Weighed[] {
  const all = rules.flatMap((rule) =>
    [...rule.find(known)].map(({ level, subject, context = null, figures, weight }): Weighed => ({
      id: `${rule.id} ${subject.kind} ${subject.name}`,
      rule: rule.id,
      level,
      subject,
      context,
      figures,
      weight,
    })),
  );
  const rank = ({ level, rule }: Weighed) => LEVELS.indexOf(level) * FINDING_RULES.length + FINDING_RULES.indexOf(rule);
  return all.sort((a, b) => rank(a) - rank(b) || b.weight - a.weight);
}

/** Of findings that are sorted. */
function worstOf(all: readonly Weighed[]): ReadonlyMap<string, FoundOf> {
  const worst = new Map<string, FoundOf>();
  for (const { subject, rule, level } of all)
    if (subject.kind === "group" && !worst.has(subject.name)) worst.set(subject.name, { rule, level });
  return worst;
}

/** Whether it is of this group or topic, or of what carries all. */
const isOf = (one: Weighed, { group, topic }: { group?: string; topic?: string }): boolean => {
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
  last?: { known: Known; all: Weighed[]; worst: ReadonlyMap<string, FoundOf> };
}

/** Finds what is wrong in what the monitor sees anyway, and remembers since when. */
export class Findings {
  readonly #monitor: Monitor;
  readonly #now: () => number;
  readonly #instances = new Map<string, Memory>();

  constructor(monitor: Monitor, now: () => number) {
    this.#monitor = monitor;
    this.#now = now;
    monitor.onSnapshot((seen) => {
      const { trends } = this.#of(seen.instanceId);
      if (seen.what === "cluster") trends.addCluster(seen.sighting);
      else if (seen.what === "topics") trends.addTopics(seen.topics);
      else if (seen.what === "groups") trends.addGroups(seen.groups);
      if (seen.what !== "samples") this.#look(seen.instanceId);
    });
  }

  /** What is wrong with an instance now, or with a group or topic of it. */
  of(instanceId: string, subject: { group?: string; topic?: string } = {}): Told {
    const { known, all: whole } = this.#look(instanceId);
    const since = this.#of(instanceId).since;
    const all = whole.filter((one) => isOf(one, subject));
    const counts = new Map<FindingRule, number>();
    const items = all.flatMap(({ weight: _, ...one }): Finding[] => {
      const count = (counts.get(one.rule) ?? 0) + 1;
      counts.set(one.rule, count);
      return count > MOST_OF_RULE ? [] : [{ ...one, since: since.get(one.id)?.from ?? known.now }];
    });
    const more = [...counts].flatMap(([rule, count]) =>
      count > MOST_OF_RULE ? [{ rule, count: count - MOST_OF_RULE }] : [],
    );
    return { items, more, checked: checkedOf(known), at: known.now };
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

  /** Drops what is known of an instance: it was removed, or reaches another cluster now. */
  forget(instanceId: string): void {
    this.#instances.delete(instanceId);
  }

  #of(instanceId: string): Memory {
    const memory = this.#instances.get(instanceId) ?? { trends: new Trends(), since: new Map() };
    this.#instances.set(instanceId, memory);
    return memory;
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
    const isSame = (["cluster", "topics", "groups", "clients"] as const).every(
      (what) => before?.known[what] === known[what],
    );
    if (before !== undefined && isSame) return before;
    const seen = found(known);
    for (const { id } of seen) since.set(id, { from: since.get(id)?.from ?? known.now, last: known.now });
    const ageOf = (id: string) => known.now - (since.get(id)?.from ?? known.now);
    const all = seen.filter(({ id, rule }) => ageOf(id) >= (SETTLES_MS[rule] ?? 0));
    for (const [id, { last }] of since) if (known.now - last > FORGOTTEN_MS) since.delete(id);
    memory.last = { known, all, worst: worstOf(all) };
    return memory.last;
  }
}

function checkedOf({ cluster, topics, groups, clients }: Known): Checked[] {
  let online = 0;
  for (const { connections } of clients?.byName.values() ?? []) online += connections.length > 0 ? 1 : 0;
  const user = [...(groups?.known ?? [])].filter((group) => !isSystemGroup(group));
  return [
    { what: "cluster", at: cluster?.at ?? null, count: cluster?.brokers.length ?? 0 },
    { what: "topics", at: topics?.at ?? null, count: topics?.byName.size ?? 0 },
    { what: "groups", at: groups?.at ?? null, count: user.length },
    { what: "clients", at: clients?.at ?? null, count: online },
  ];
}
