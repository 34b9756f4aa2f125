import type { Failure } from "#contract/list.ts";
import type { TopicItem, TopicKind, TopicMessageType, TopicSort } from "#contract/topic.ts";
import type { Deps } from "../../api/deps.ts";
import { failuresOf } from "../../cluster/failures.ts";
import { readRemarks } from "../../store/remarks.ts";
import type { RocketMQCluster } from "../../rocketmq/cluster/cluster.ts";
import {
  catalogAtHand,
  catalogOf,
  configsOf,
  namesOf,
  type Catalog,
  type CatalogTopic,
} from "../../cluster/topic-catalog.ts";
import { figuresOf, freshFigures, type TopicFigures } from "./topic-figures.ts";
import { presentTopic } from "./topic.presenter.ts";

export interface TopicFilter {
  search?: string;
  kind?: TopicKind;
  broker?: string;
  messageType?: TopicMessageType;
}

export interface ListTopics extends TopicFilter {
  instanceId: string;
  page: number;
  pageSize: number;
  sort?: TopicSort;
  order?: "asc" | "desc";
  fresh?: boolean;
}

interface Page {
  items: TopicItem[];
  total: number;
  failures: Failure[];
  at: number;
}

/** Sorted by name and filtered by what a name tells, a page needs no more than the names and what its own rows show. */
const namesSuffice = (input: ListTopics): boolean =>
  input.broker === undefined &&
  input.messageType === undefined &&
  input.sort !== "readQueues" &&
  input.sort !== "writeQueues";

function matches(filter: TopicFilter): (topic: { topic: string; kind: TopicKind }) => boolean {
  const search = filter.search?.trim().toLowerCase() ?? "";
  return ({ topic, kind }) =>
    (filter.kind === undefined || kind === filter.kind) && (search === "" || topic.toLowerCase().includes(search));
}

const configured = (filter: TopicFilter) => (item: TopicItem) =>
  (filter.broker === undefined || item.brokers.some((b) => b.brokerName === filter.broker)) &&
  (filter.messageType === undefined || item.brokers.some((b) => b.messageType === filter.messageType));

const present =
  (failures: readonly Failure[]) =>
  ({ topic, kind, configs }: CatalogTopic) =>
    presentTopic(topic, kind, configs, failures.length === 0);

export async function listTopics(deps: Deps, input: ListTopics): Promise<Page> {
  const cluster = await deps.clusters.get(input.instanceId);
  deps.stats.look(input.instanceId);
  const atHand = input.fresh ? undefined : catalogAtHand(cluster);
  const page =
    atHand === undefined && namesSuffice(input)
      ? await pageOfNames(deps, cluster, input)
      : pageOfCatalog(atHand ?? (await catalogOf(cluster, input.fresh)), input, await rankOf(deps, input));
  return { ...page, failures: failuresOf(page.failures, await fillIn(deps, cluster, input, page.items)) };
}

async function pageOfNames(deps: Deps, cluster: RocketMQCluster, input: ListTopics): Promise<Page> {
  const [names, rank] = await Promise.all([namesOf(cluster, input.fresh), rankOf(deps, input)]);
  const found = sorted(names.filter(matches(input)), input, rank);
  const { topics, failures, at } = await configsOf(cluster, slice(found, input), input.fresh);
  return { items: topics.map(present(failures)), total: found.length, failures, at };
}

function pageOfCatalog(catalog: Catalog, input: ListTopics, rank: Rank | undefined): Page {
  const named = catalog.topics.filter(matches(input));
  if (namesSuffice(input)) {
    const items = slice(sorted(named, input, rank), input).map(present(catalog.failures));
    return { items, total: named.length, failures: catalog.failures, at: catalog.at };
  }
  const found = named.map(present(catalog.failures)).filter(configured(input));
  const { sort } = input;
  const byQueues = sort === "readQueues" || sort === "writeQueues" ? sort : undefined;
  const items = byQueues === undefined ? sorted(found, input, rank) : sorted(found, input, (t) => t[byQueues]);
  return { items: slice(items, input), total: found.length, failures: catalog.failures, at: catalog.at };
}

type Rank = (topic: { topic: string }) => number | bigint | null;

/** How topics are ordered by a figure; undefined: by name. */
async function rankOf(deps: Deps, { instanceId, sort, fresh }: ListTopics): Promise<Rank | undefined> {
  if (sort !== "tps" && sort !== "lag" && sort !== "stored") return undefined;
  const figures = await figuresOf(deps.stats, instanceId, sort, fresh);
  return ({ topic }) => figures(topic)[sort];
}

/** By figure, unknown ones last, then by name; names come sorted. */
function sorted<T extends { topic: string }>(
  topics: readonly T[],
  { order }: ListTopics,
  rank: ((topic: T) => number | bigint | null) | undefined,
): readonly T[] {
  const direction = order === "desc" ? -1 : 1;
  if (rank === undefined) return direction === 1 ? topics : topics.toReversed();
  return topics
    .map((topic) => ({ topic, by: rank(topic) }))
    .sort((a, b) => {
      if (a.by === null || b.by === null) return a.by === b.by ? 0 : a.by === null ? 1 : -1;
      return a.by < b.by ? -direction : a.by > b.by ? direction : 0;
    })
    .map(({ topic }) => topic);
}

const slice = <T>(all: readonly T[], { page, pageSize }: ListTopics) =>
  all.slice((page - 1) * pageSize, page * pageSize);

/** Figures and remarks for the rows that are seen; figures that no sweep has yet are read for these rows alone. */
async function fillIn(
  deps: Deps,
  cluster: RocketMQCluster,
  { instanceId, fresh }: ListTopics,
  items: TopicItem[],
): Promise<Failure[]> {
  const names = items.map((item) => item.topic);
  const [figures, remarks] = await Promise.all([
    freshFigures(deps.stats, cluster, { instanceId, names, fresh }),
    readRemarks(deps.db, instanceId, "topic", names),
  ]);
  for (const item of items) {
    const known: TopicFigures = figures.of(item.topic);
    item.atLeast ||= known.atLeast;
    item.tps = known.tps;
    item.lag = known.lag?.toString() ?? null;
    item.stored = known.stored?.toString() ?? null;
    item.remark = remarks.get(item.topic) ?? "";
  }
  return failuresOf(figures.failures);
}

/** Every topic that the filter shows, or those named, for an export; those that only name servers know have nothing to export. */
export async function allTopics(
  deps: Deps,
  instanceId: string,
  filter: TopicFilter & { topics?: readonly string[] },
): Promise<{ topics: TopicItem[]; failures: Failure[] }> {
  const cluster = await deps.clusters.get(instanceId);
  const [catalog, remarks] = await Promise.all([catalogOf(cluster, true), readRemarks(deps.db, instanceId, "topic")]);
  const chosen = filter.topics && new Set(filter.topics);
  const topics = catalog.topics
    .filter(({ configs }) => configs.length > 0)
    .filter((topic) => (chosen === undefined ? matches(filter)(topic) : chosen.has(topic.topic)))
    .map((topic) => ({ ...present(catalog.failures)(topic), remark: remarks.get(topic.topic) ?? "" }))
    .filter((item) => chosen !== undefined || configured(filter)(item));
  return { topics, failures: catalog.failures };
}

/** Names that contain what was typed, those that begin with it first. */
export async function suggestTopics(
  deps: Deps,
  { instanceId, limit, ...filter }: { instanceId: string; search: string; kind?: TopicKind; limit: number },
): Promise<string[]> {
  const names = (await namesOf(await deps.clusters.get(instanceId))).filter(matches(filter)).map(({ topic }) => topic);
  const start = filter.search.trim().toLowerCase();
  const begins = (name: string) => name.toLowerCase().startsWith(start);
  return [...names.filter(begins), ...names.filter((name) => !begins(name))].slice(0, limit);
}
