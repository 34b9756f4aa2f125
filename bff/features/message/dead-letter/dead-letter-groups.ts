import type { Failure } from "#contract/list.ts";
import { DLQ_PREFIX } from "#contract/rules/names.ts";
import type { Deps } from "../../../api/deps.ts";
import { failuresOf } from "../../../cluster/failures.ts";
import { catalogOf } from "../../../cluster/group-catalog.ts";
import { byCodeUnit, containing, descending } from "../../../cluster/ranking.ts";

const MOST = 100;

/** Groups to choose from, also those that are gone and left dead letters; what is kept of each is by the latest sweep. */
export async function deadLetterGroups(
  deps: Deps,
  { instanceId, search }: { instanceId: string; search: string },
  signal?: AbortSignal,
): Promise<{ items: { group: string; deadLetters: string | null }[]; failures: Failure[] }> {
  const cluster = await deps.clusters.get(instanceId, signal);
  const [catalog, swept] = await Promise.all([catalogOf(cluster), deps.stats.topics(instanceId)]);
  const kept = new Map(
    [...swept.byName].flatMap(([topic, { minOffset, maxOffset }]) =>
      topic.startsWith(DLQ_PREFIX) ? [[topic.slice(DLQ_PREFIX.length), maxOffset - minOffset] as const] : [],
    ),
  );
  const names = catalog.groups.filter(({ kind }) => kind === "normal").map(({ group }) => group);
  const ofGroup = (group: string) => kept.get(group) ?? 0n;
  const found = [...new Set([...names, ...kept.keys()])]
    .filter(containing(search))
    .sort((a, b) => descending(ofGroup(a), ofGroup(b)) || byCodeUnit(a, b));
  return {
    items: found.slice(0, MOST).map((group) => ({
      group,
      deadLetters: swept.isWhole(`${DLQ_PREFIX}${group}`) ? ofGroup(group).toString() : null,
    })),
    failures: failuresOf(catalog.failures, swept.failures),
  };
}
