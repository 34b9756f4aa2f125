import { DLQ_PREFIX } from "#contract/rules/names.ts";
import type { Sighting } from "../sighting.ts";
import type { Snapshot } from "../snapshot.ts";
import type { GroupClients } from "../sweep-clients.ts";
import type { GroupStats } from "../sweep-groups.ts";
import type { TopicStats } from "../sweep-topics.ts";

/** A value, and when it was read. */
interface Sample<T> {
  at: number;
  value: T;
}

/** How something moved between the first and the last of its samples. */
export interface Movement<T> {
  ms: number;
  from: T;
  to: T;
}

/** The samples of some names over a time; a name that has none in a round is forgotten. */
class Trend<T> {
  readonly #byName = new Map<string, Sample<T>[]>();
  readonly #keepMs: number;
  readonly #everyMs: number;
  readonly #isOfOneKind: (a: T, b: T) => boolean;

  /** Where two values are not of one kind, what was before counts no more. */
  constructor(keepMs: number, everyMs: number, isOfOneKind: (a: T, b: T) => boolean = () => true) {
    this.#keepMs = keepMs;
    this.#everyMs = everyMs;
    this.#isOfOneKind = isOfOneKind;
  }

  add(at: number, values: Iterable<readonly [name: string, value: T]>): void {
    const seen = new Set<string>();
    for (const [name, value] of values) {
      seen.add(name);
      const all = (this.#byName.get(name) ?? []).filter(
        (sample) => at - sample.at <= LONGEST_MS && this.#isOfOneKind(sample.value, value),
      );
      const recent = all.filter((sample) => at - sample.at <= this.#keepMs);
      // Where it is seldom looked at, the one before is all that there is.
      const samples = recent.length > 0 ? recent : all.slice(-1);
      const [last, before] = [samples.at(-1), samples.at(-2)];
      // The last one is always the newest; the others are kept apart.
      if (last !== undefined && before !== undefined && last.at - before.at < this.#everyMs) samples.pop();
      this.#byName.set(name, [...samples, { at, value }]);
    }
    for (const name of this.#byName.keys()) if (!seen.has(name)) this.#byName.delete(name);
  }

  /** Undefined until there are two samples. */
  of(name: string): Movement<T> | undefined {
    const samples = this.#byName.get(name);
    const [first, last] = [samples?.at(0), samples?.at(-1)];
    if (first === undefined || last === undefined || first === last) return undefined;
    return { ms: last.at - first.at, from: first.value, to: last.value };
  }
}

/** Sums, and the masters that they are without. */
type Part<T> = T & { without: string };
type Offsets = Part<Pick<GroupStats, "ends" | "committed" | "topics">>;
type Kept = Part<Pick<TopicStats, "maxOffset">>;

const MINUTE_MS = 60_000;
/** What was longer ago is no trend. */
const LONGEST_MS = 60 * MINUTE_MS;

const ofSameMasters = (a: Part<object>, b: Part<object>): boolean => a.without === b.without;

const ofSameQueues = (a: Offsets, b: Offsets): boolean =>
  ofSameMasters(a, b) &&
  a.topics.size === b.topics.size &&
  [...a.topics].every(([topic, { offsets }]) => b.topics.get(topic)?.offsets === offsets);

const withoutOf = ({ failures }: Snapshot<unknown>): string =>
  [...new Set(failures.map(({ target }) => target))].sort().join(" ");

/** How groups that are behind, dead letters, disks and clients of one id moved lately; what rules cannot tell from one look. Where a master does not tell, it is of the others. */
export class Trends {
  /** A queue more, or less, with an offset is no movement of the others. */
  readonly groups = new Trend<Offsets>(MINUTE_MS, 4000, ofSameQueues);
  readonly deadLetters = new Trend<Kept>(60 * MINUTE_MS, MINUTE_MS / 2, ofSameMasters);
  readonly disks = new Trend<number>(60 * MINUTE_MS, MINUTE_MS);
  /** The connections of clients that share an id; another one begins anew, for a client that came back has another port. */
  readonly sharedIds = new Trend<string>(10 * MINUTE_MS, MINUTE_MS / 2, (a, b) => a === b);

  addGroups(snapshot: Snapshot<GroupStats>): void {
    const without = withoutOf(snapshot);
    this.groups.add(
      snapshot.at,
      [...snapshot.byName].flatMap(([group, { lag, ends, committed, topics }]) =>
        lag > 0n ? [[group, { ends, committed, topics, without }] as const] : [],
      ),
    );
  }

  addClients({ byName, at }: Snapshot<GroupClients>): void {
    this.sharedIds.add(
      at,
      [...byName].flatMap(([group, { online, sharedIds }]) => {
        if (sharedIds.size === 0) return [];
        const addresses = online.filter(({ clientId }) => sharedIds.has(clientId)).map(({ address }) => address);
        return [[group, addresses.sort().join(" ")] as const];
      }),
    );
  }

  addTopics(snapshot: Snapshot<TopicStats>): void {
    const without = withoutOf(snapshot);
    this.deadLetters.add(
      snapshot.at,
      [...snapshot.byName].flatMap(([topic, { maxOffset }]) =>
        topic.startsWith(DLQ_PREFIX) ? [[topic, { maxOffset, without }] as const] : [],
      ),
    );
  }

  addCluster({ brokers, at }: Sighting): void {
    this.disks.add(
      at,
      brokers.flatMap(({ target, runtime }) =>
        typeof runtime?.diskRatio === "number" ? [[target.name, runtime.diskRatio] as const] : [],
      ),
    );
  }
}
