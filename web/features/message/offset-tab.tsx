import { useQuery } from "@tanstack/react-query";
import { Button, Select } from "antd";
import type { TopicQueue } from "#contract/topic.ts";
import { Field } from "../../components/field.tsx";
import { TextField } from "../../components/text-field.tsx";
import { api } from "../../lib/api.ts";
import { useFormat } from "../../lib/format.ts";
import { useT } from "../../lib/i18n.ts";
import { problemOf } from "../../lib/problem.ts";
import { GroupField } from "./group-field.tsx";
import { useFaults } from "./message-words.tsx";
import { filled, QueryForm, submitWith, useRequired, type QueryTabProps } from "./query-form.tsx";
import { Results } from "./results.tsx";
import { TopicField } from "./topic-field.tsx";
import { useDraft } from "./use-draft.ts";

const COUNT = 10;
const smaller = (a: bigint, b: bigint) => (a < b ? a : b);
const larger = (a: bigint, b: bigint) => (a > b ? a : b);

const useQueues = (instanceId: string, topic: string | undefined) =>
  useQuery(api.topic.queues.queryOptions({ input: { instanceId, topic: topic ?? "" }, enabled: topic !== undefined }));

export function OffsetTab({ instanceId, search, patch, ofTopic }: QueryTabProps) {
  const t = useT("message");
  const [topic, setTopic] = useDraft(search.topic ?? "");
  const [offset, setOffset] = useDraft(search.offset ?? "");
  const queues = useQueues(instanceId, search.topic);
  const { broker, queue } = search;
  const asked =
    search.topic !== undefined && broker !== undefined && queue !== undefined && search.offset !== undefined;
  const place = { topic: search.topic ?? "", brokerName: broker ?? "", queueId: queue ?? 0 };
  const query = useQuery(
    api.message.byOffset.queryOptions({
      input: { instanceId, ...place, queueOffset: search.offset ?? "0", count: COUNT },
      enabled: asked,
    }),
  );
  const faultAt = useFaults(query.error ?? queues.error);
  const { tell, faultOf } = useRequired(faultAt);
  const again = () => void (asked && query.refetch());
  const here = queues.data?.items.find((one) => one.brokerName === broker && one.queueId === queue);
  const ask = (at: string) => submitWith(search, patch, { offset: filled(at) }, again);
  const change = (topicNow: string) =>
    submitWith(
      search,
      patch,
      { topic: filled(topicNow), broker: undefined, queue: undefined, offset: undefined },
      again,
    );
  const submit = () => {
    tell();
    if (filled(topic) === search.topic) ask(offset);
    else change(topic);
  };
  return (
    <>
      <QueryForm label={t("tab.offset")} busy={query.isFetching} onSubmit={submit}>
        <TopicField
          hidden={ofTopic}
          instanceId={instanceId}
          value={topic}
          onChange={setTopic}
          onPick={change}
          fault={
            faultOf("topic", filled(topic)) ??
            (queues.error && problemOf(queues.error).code === "TOPIC_NOT_EXIST"
              ? t("issue.topic.unknown", { topic: search.topic ?? "" })
              : undefined)
          }
        />
        <QueueFields
          search={search}
          patch={patch}
          queues={queues.data?.items ?? []}
          unread={queues.isError || (queues.data?.failures.length ?? 0) > 0}
          faultOf={faultOf}
        />
        <TextField
          label={t("offset")}
          value={offset}
          onChange={setOffset}
          mono
          // What the queue holds says more, also where it holds nothing.
          fault={here ? faultAt("queueOffset") : faultOf("queueOffset", filled(offset))}
          hint={here ? <Bounds queue={here} onTake={ask} /> : undefined}
        />
        <GroupField instanceId={instanceId} search={search} patch={patch} />
      </QueryForm>
      <Results
        instanceId={instanceId}
        query={query}
        asked={asked}
        hint={t("hint.offset")}
        group={search.group}
        onOpen={(msg) => patch({ msg })}
        onRefresh={again}
        note={({ cut }) => (cut ? t("cut") : null)}
        summary={(page) => <QueueHolds min={page.minOffset} max={page.maxOffset} />}
        pager={(page) => <Around search={search} patch={patch} page={page} />}
        empty={{ title: t("empty.offset"), text: t("empty.offsetText") }}
      />
    </>
  );
}

interface QueueFieldsProps extends Omit<QueryTabProps, "instanceId"> {
  queues: TopicQueue[];
  /** Some queues may not be among them. */
  unread: boolean;
  faultOf: ReturnType<typeof useRequired>["faultOf"];
}

function QueueFields({ search, patch, queues, unread, faultOf }: QueueFieldsProps) {
  const t = useT("message");
  const brokers = [
    ...new Set([...queues.map(({ brokerName }) => brokerName), ...(search.broker ? [search.broker] : [])]),
  ];
  const ids = queues.filter(({ brokerName }) => brokerName === search.broker).map(({ queueId }) => queueId);
  return (
    <>
      <Field
        label={t("broker")}
        hint={unread ? t("queuesUnread") : undefined}
        fault={faultOf("brokerName", search.broker)}
      >
        {(control) => (
          <Select
            {...control}
            className="rd-message-broker"
            popupMatchSelectWidth={false}
            placeholder={t("choose")}
            notFoundContent={search.topic === undefined ? t("topicFirst") : null}
            options={brokers.map((name) => ({ value: name, label: name }))}
            value={search.broker}
            onChange={(broker: string) => patch({ broker, queue: undefined, offset: undefined })}
          />
        )}
      </Field>
      <Field label={t("queue")} fault={faultOf("queueId", search.queue)}>
        {(control) => (
          <Select
            {...control}
            className="rd-message-queue"
            popupMatchSelectWidth={false}
            placeholder={t("choose")}
            notFoundContent={t("brokerFirst")}
            options={ids.map((id) => ({ value: id, label: id }))}
            value={search.queue}
            onChange={(queue: number) => patch({ queue, offset: newestOf(queues, search.broker, queue) })}
          />
        )}
      </Field>
    </>
  );
}

/** Where the newest messages of a queue begin; an empty queue has no offset to look at. */
function newestOf(queues: TopicQueue[], broker: string | undefined, queueId: number): string | undefined {
  const queue = queues.find((one) => one.brokerName === broker && one.queueId === queueId);
  if (queue === undefined || BigInt(queue.maxOffset) <= BigInt(queue.minOffset)) return undefined;
  return larger(BigInt(queue.minOffset), BigInt(queue.maxOffset) - BigInt(COUNT)).toString();
}

function Bounds({ queue, onTake }: { queue: TopicQueue; onTake: (offset: string) => void }) {
  const t = useT("message");
  const format = useFormat();
  const min = BigInt(queue.minOffset);
  const last = BigInt(queue.maxOffset) - 1n;
  if (last < min) return t("queueEmpty");
  return (
    <>
      {([min, last] as const).map((offset, index) => (
        <span key={index === 0 ? "min" : "max"}>
          {index === 0 ? null : " – "}
          <button type="button" className="rd-link rd-num" onClick={() => onTake(offset.toString())}>
            {format.number(offset)}
          </button>
        </span>
      ))}
    </>
  );
}

function QueueHolds({ min, max }: { min: string; max: string }) {
  const t = useT("message");
  const format = useFormat();
  return t("queueHolds", { min: format.number(min), max: format.number(BigInt(max) - 1n) });
}

interface AroundProps extends Omit<QueryTabProps, "instanceId"> {
  page: { items: { queueOffset: string }[]; minOffset: string; maxOffset: string };
}

/** The messages before and after those shown. */
function Around({ search, patch, page }: AroundProps) {
  const t = useT("message");
  const at = BigInt(search.offset ?? "0");
  const min = BigInt(page.minOffset);
  const before = larger(min, at - BigInt(COUNT));
  const last = page.items.at(-1)?.queueOffset;
  const after = last === undefined ? undefined : smaller(BigInt(last) + 1n, BigInt(page.maxOffset));
  return (
    <nav className="rd-message-pager" aria-label={t("pages")}>
      <Button disabled={at <= min} onClick={() => patch({ offset: before.toString() })}>
        {t("lower")}
      </Button>
      <Button
        disabled={after === undefined || after >= BigInt(page.maxOffset)}
        onClick={() => patch({ offset: after?.toString() })}
      >
        {t("higher")}
      </Button>
    </nav>
  );
}
