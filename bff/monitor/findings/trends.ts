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

type Offsets = Pick<GroupStats, "ends" | "committed" | "topics">;

const MINUTE_MS = 60_000;
/** What was longer ago is no trend. */
const LONGEST_MS = 60 * MINUTE_MS;

const ofSameQueues = ({ topics: a }: Offsets, { topics: b }: Offsets): boolean =>
  a.size === b.size && [...a].every(([topic, { offsets }]) => b.get(topic)?.offsets === offsets);

/** How groups that are behind, dead letters, disks and clients of one id moved lately; what rules cannot tell from one look. */
export class Trends {
  /** A queue more, or less, with an offset is no movement of the others. */
  readonly groups = new Trend<Offsets>(MINUTE_MS, 4000, ofSameQueues);
  readonly deadLetters = new Trend<bigint>(60 * MINUTE_MS, MINUTE_MS / 2);
  readonly disks = new Trend<number>(60 * MINUTE_MS, MINUTE_MS);
  /** The connections of clients that share an id; another one begins anew, for a client that came back has another port. */
  readonly sharedIds = new Trend<string>(10 * MINUTE_MS, MINUTE_MS / 2, (a, b) => a === b);

  addGroups({ byName, isWhole, at }: Snapshot<GroupStats>): void {
    this.groups.add(
      at,
      [...byName].filter(([group, { lag }]) => lag > 0n && isWhole(group)),
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

  addTopics({ byName, isWhole, at }: Snapshot<TopicStats>): void {
    this.deadLetters.add(
      at,
      [...byName].flatMap(([topic, { maxOffset }]) =>
        topic.startsWith(DLQ_PREFIX) && isWhole(topic) ? [[topic, maxOffset] as const] : [],
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
