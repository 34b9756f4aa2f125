import type { Failure } from "#contract/list.ts";
import type { TopicItem, TopicKind, TopicMessageType, TopicSort } from "#contract/topic.ts";
import type { Deps } from "../../api/deps.ts";
import { failuresOf } from "../../cluster/failures.ts";
import { readRemarks } from "../../store/remarks.ts";
import type { RocketMQCluster } from "../../rocketmq/cluster/cluster.ts";
import { containing, onPage, ranked, suggested, type Rank } from "../../cluster/ranking.ts";
import {
  catalogAtHand,
  catalogOf,
  configsOf,
  namesOf,
  type Catalog,
  type CatalogTopic,
  type NamedTopic,
} from "../../cluster/topic-catalog.ts";
import { figuresOfRows, sweptFigures } from "./topic-figures.ts";
import { presentRow, presentTopic, type TopicSettings } from "./topic.presenter.ts";

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

/** Topics of a page by what they are set to. */
interface Page {
  topics: TopicSettings[];
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

function matches({ kind, search }: TopicFilter): (topic: { topic: string; kind: TopicKind }) => boolean {
  const isSought = containing(search);
  return (one) => (kind === undefined || one.kind === kind) && isSought(one.topic);
}

const configured = (filter: TopicFilter) => (topic: TopicSettings) =>
  (filter.broker === undefined || topic.brokers.some((b) => b.brokerName === filter.broker)) &&
  (filter.messageType === undefined || topic.brokers.some((b) => b.messageType === filter.messageType));

const present = (failures: readonly Failure[]) => (topic: CatalogTopic) => presentTopic(topic, failures.length === 0);

/** Figures and remarks are those of the rows that are seen; figures that no sweep has yet are read for these rows alone. */
export async function listTopics(
  deps: Deps,
  input: ListTopics,
): Promise<{ items: TopicItem[]; total: number; failures: Failure[]; at: number }> {
  const { instanceId, fresh } = input;
  const cluster = await deps.clusters.get(instanceId);
  const atHand = fresh ? undefined : catalogAtHand(cluster);
  const { topics, ...page } =
    atHand === undefined && namesSuffice(input)
      ? await pageOfNames(deps, cluster, input)
      : pageOfCatalog(atHand ?? (await catalogOf(cluster, fresh)), input, await rankOf(deps, input));
  const names = topics.map(({ topic }) => topic);
  const [figures, remarks] = await Promise.all([
    figuresOfRows(deps.stats, cluster, { instanceId, names, fresh }),
    readRemarks(deps.db, instanceId, "topic", names),
  ]);
  return {
    ...page,
    items: topics.map((one) => presentRow(one, figures.figuresOf(one.topic), remarks.get(one.topic) ?? "")),
    failures: failuresOf(page.failures, figures.failures),
  };
}

async function pageOfNames(deps: Deps, cluster: RocketMQCluster, input: ListTopics): Promise<Page> {
  const [names, rank] = await Promise.all([namesOf(cluster, input.fresh), rankOf(deps, input)]);
  const found = ranked(names.filter(matches(input)), rank, input.order);
  const { topics, failures, at } = await configsOf(cluster, onPage(found, input), input.fresh);
  return { topics: topics.map(present(failures)), total: found.length, failures, at };
}

function pageOfCatalog({ topics, failures, at }: Catalog, input: ListTopics, rank: Rank<NamedTopic> | undefined): Page {
  const named = topics.filter(matches(input));
  if (namesSuffice(input)) {
    const page = onPage(ranked(named, rank, input.order), input);
    return { topics: page.map(present(failures)), total: named.length, failures, at };
  }
  const found = named.map(present(failures)).filter(configured(input));
  const { sort } = input;
  const byQueues = sort === "readQueues" || sort === "writeQueues" ? sort : undefined;
  const sorted = ranked(found, byQueues === undefined ? rank : (topic) => topic[byQueues], input.order);
  return { topics: onPage(sorted, input), total: found.length, failures, at };
}

/** How topics are ordered by a figure; undefined: by name, as they come. */
async function rankOf(deps: Deps, { instanceId, sort, fresh }: ListTopics): Promise<Rank<NamedTopic> | undefined> {
  if (sort === undefined || sort === "topic" || sort === "readQueues" || sort === "writeQueues") return undefined;
  const figures = await sweptFigures(deps.stats, instanceId, sort, fresh);
  return ({ topic }) => figures(topic)[sort];
}

type ExportedTopic = CatalogTopic & Pick<TopicItem, "remark">;

/** Every topic that the filter shows, or those named, for an export; those that only name servers know have nothing to export. */
export async function allTopics(
  deps: Deps,
  instanceId: string,
  filter: TopicFilter & { topics?: readonly string[] },
): Promise<{ topics: ExportedTopic[]; failures: Failure[] }> {
  const cluster = await deps.clusters.get(instanceId);
  const [catalog, remarks] = await Promise.all([catalogOf(cluster, true), readRemarks(deps.db, instanceId, "topic")]);
  const chosen = filter.topics && new Set(filter.topics);
  const topics = catalog.topics
    .filter(({ configs }) => configs.length > 0)
    .filter((topic) => (chosen === undefined ? matches(filter)(topic) : chosen.has(topic.topic)))
    .filter((topic) => chosen !== undefined || configured(filter)(present(catalog.failures)(topic)))
    .map((topic) => ({ ...topic, remark: remarks.get(topic.topic) ?? "" }));
  return { topics, failures: catalog.failures };
}

/** Names of all topics that the filter shows, in order. */
export async function namesShown(
  deps: Deps,
  instanceId: string,
  filter: TopicFilter,
): Promise<{ names: string[]; failures: Failure[] }> {
  const { topics, failures } = await catalogOf(await deps.clusters.get(instanceId), true);
  const shown = topics.filter(matches(filter)).map(present(failures)).filter(configured(filter));
  return { names: shown.map(({ topic }) => topic), failures };
}

export async function suggestTopics(
  deps: Deps,
  { instanceId, kind, ...typed }: { instanceId: string; search: string; kind?: TopicKind; limit: number },
): Promise<string[]> {
  const names = (await namesOf(await deps.clusters.get(instanceId))).filter(matches({ kind }));
  const own = new Set(names.flatMap((one) => (one.kind === "normal" ? [one.topic] : [])));
  return suggested(
    names.map(({ topic }) => topic),
    typed,
    (topic) => !own.has(topic),
  );
}
