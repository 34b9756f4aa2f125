import { useQuery } from "@tanstack/react-query";
import { Checkbox, Radio, Select } from "antd";
import { useState } from "react";
import type { OffsetPlan } from "#contract/offset.ts";
import { Field, FieldGroup } from "../../components/field.tsx";
import { MomentField } from "../../components/moment-field.tsx";
import { GroupSuggest, NameSuggest } from "../../components/name-suggest.tsx";
import { WriteFrame } from "../../components/resource/write-frame.tsx";
import { TextField } from "../../components/text-field.tsx";
import { Time } from "../../components/time.tsx";
import { api, client } from "../../lib/api.ts";
import { useT } from "../../lib/i18n.ts";
import { isSame } from "../../lib/settled.ts";
import { QueueMoves, useResetWords } from "./reset-words.tsx";

const WAYS = ["time", "latest", "earliest", "offset", "group"] as const;

interface Draft {
  group: string;
  /** Undefined until somebody says: it is the only one there is. */
  topic: string | undefined;
  to: (typeof WAYS)[number];
  time: number | null;
  /** `broker queue` */
  queue: string | undefined;
  offset: string;
  fromGroup: string;
  partial: boolean;
}

interface ResetDrawerProps {
  instanceId: string;
  /** Those that the page is about; the other one is chosen. */
  group?: string;
  topic?: string;
  onClose: () => void;
}

const OFFSET = /^\d{1,19}$/;
const HOUR_MS = 3_600_000;

type Filled = Draft & { topic: string };

/** What is asked of the API; undefined while something is missing. */
function resetOf({ to, time, queue = "", offset, fromGroup, ...rest }: Filled) {
  const [brokerName = "", queueId] = queue.split(" ");
  const of = { group: rest.group.trim(), topic: rest.topic.trim(), partial: rest.partial, to };
  if (of.group === "" || of.topic === "") return undefined;
  if (to === "time") return time === null ? undefined : { ...of, time };
  if (to === "group") return fromGroup.trim() === "" ? undefined : { ...of, fromGroup: fromGroup.trim() };
  if (to !== "offset") return of;
  return queueId === undefined || !OFFSET.test(offset)
    ? undefined
    : { ...of, queue: { brokerName, queueId: Number(queueId), offset } };
}

/** Where a group goes on with a topic: chosen, shown queue by queue, applied, and taken back. */
export function ResetDrawer({ instanceId, group = "", topic = "", onClose }: ResetDrawerProps) {
  const t = useT("offset");
  const [before] = useState((): Draft => {
    const rest = { queue: undefined, offset: "", fromGroup: "", partial: false };
    return { group, topic: topic || undefined, to: "time", time: Date.now() - HOUR_MS, ...rest };
  });
  const [typed, setTyped] = useState(before);
  const change = (part: Partial<Draft>) => setTyped((old) => ({ ...old, ...part }));
  const topics = useTopics(instanceId, group);
  const draft = { ...typed, topic: typed.topic ?? topics.only };
  const asked = resetOf(draft);
  const ref = { instanceId, group: draft.group.trim(), topic: draft.topic.trim() };
  return (
    <WriteFrame
      title={t("title", { name: group || topic })}
      applyText={t("apply")}
      dirty={!isSame(typed, before)}
      input={{ instanceId, ...(asked ?? { ...ref, to: "latest" as const }) }}
      whole={asked !== undefined}
      query={(input) => api.offset.planReset.queryOptions({ input })}
      words={useResetWords()}
      apply={(planId) => client.offset.reset({ ...ref, planId })}
      undoing={(undo) => api.offset.planUndo.queryOptions({ input: { ...ref, undo } })}
      touches={group === "" ? api.topic.key() : api.group.key()}
      byButton
      fields={["fromGroup", "queue", "time"]}
      fault={(key) => t(`fault.${key}`)}
      detail={(plan: OffsetPlan, undoing) => (
        <>
          {!undoing && (draft.partial || plan.blocked === "NOT_ALL_BROKERS") ? (
            <Checkbox checked={draft.partial} onChange={({ target }) => change({ partial: target.checked })}>
              {t("partial")}
            </Checkbox>
          ) : null}
          <QueueMoves plan={plan} />
        </>
      )}
      onClose={onClose}
    >
      <div className="rd-resource-form">
        {group === "" ? (
          <GroupField instanceId={instanceId} topic={topic} draft={draft} change={change} />
        ) : (
          <NameSuggest
            label={t("topic")}
            names={topics.names}
            value={draft.topic}
            onChange={(name) => change({ topic: name, queue: undefined })}
          />
        )}
        <FieldGroup label={t("to")} hint={t(`toText.${draft.to}`)}>
          <Radio.Group
            aria-label={t("to")}
            value={draft.to}
            options={WAYS.map((value) => ({ value, label: t(`toWord.${value}`) }))}
            onChange={({ target }) => change({ to: target.value as Draft["to"] })}
          />
        </FieldGroup>
        <WayFields instanceId={instanceId} draft={draft} change={change} />
      </div>
    </WriteFrame>
  );
}

/** Topics of a group, and the one that is meant where nobody says which: there was no other, as all brokers told. It stays, since what was reset is undone there. */
function useTopics(instanceId: string, group: string) {
  const { data } = useQuery(
    api.group.progress.queryOptions({ input: { instanceId, group }, enabled: group !== "", retry: false }),
  );
  const [only, setOnly] = useState("");
  const [first, second] = (data?.items ?? []).filter(({ retry }) => !retry);
  if (only === "" && first !== undefined && second === undefined && data?.failures.length === 0) setOnly(first.topic);
  return { names: data?.items.map(({ topic }) => topic), only };
}

interface WayProps {
  instanceId: string;
  draft: Filled;
  change: (part: Partial<Draft>) => void;
}

function WayFields({ instanceId, draft, change }: WayProps) {
  const t = useT("offset");
  if (draft.to === "time") return <TimeField instanceId={instanceId} draft={draft} change={change} />;
  if (draft.to === "offset") return <QueueFields instanceId={instanceId} draft={draft} change={change} />;
  if (draft.to !== "group") return null;
  return (
    <GroupSuggest
      label={t("fromGroup")}
      instanceId={instanceId}
      value={draft.fromGroup}
      onChange={(fromGroup) => change({ fromGroup })}
    />
  );
}

/** Any group, those of the topic being offered. */
function GroupField({ instanceId, topic, draft, change }: WayProps & { topic: string }) {
  const t = useT("offset");
  const groups = useQuery(
    api.topic.groups.queryOptions({ input: { instanceId, topic }, enabled: topic !== "", retry: false }),
  );
  return (
    <NameSuggest
      label={t("group")}
      names={groups.data?.items.map((one) => one.group)}
      value={draft.group}
      onChange={(name) => change({ group: name })}
    />
  );
}

function TimeField({ instanceId, draft, change }: WayProps) {
  const t = useT("offset");
  const topic = draft.topic.trim();
  const span = useQuery(
    api.offset.span.queryOptions({ input: { instanceId, topic }, enabled: topic !== "", retry: false }),
  );
  const { earliest = null, latest = null } = span.data ?? {};
  const kept =
    earliest === null ? undefined : (
      <>
        {t("kept")} <Time at={earliest} /> – <Time at={latest} />
      </>
    );
  return <MomentField label={t("time")} hint={kept} value={draft.time} onChange={(time) => change({ time })} />;
}

function QueueFields({ instanceId, draft, change }: WayProps) {
  const t = useT("offset");
  const topic = draft.topic.trim();
  const { data } = useQuery(
    api.topic.queues.queryOptions({ input: { instanceId, topic }, enabled: topic !== "", retry: false }),
  );
  const queues = (data?.items ?? []).map(({ brokerName, queueId, minOffset, maxOffset }) => ({
    value: `${brokerName} ${queueId}`,
    label: `${brokerName} · ${queueId} (${minOffset}–${maxOffset})`,
  }));
  return (
    <>
      <Field label={t("queue")}>
        {(control) => (
          <Select
            {...control}
            className="rd-mono"
            value={draft.queue}
            options={queues}
            onChange={(queue: string) => change({ queue })}
          />
        )}
      </Field>
      <TextField
        label={t("offset")}
        mono
        value={draft.offset}
        onChange={(offset) => change({ offset: offset.trim() })}
        fault={draft.offset === "" || OFFSET.test(draft.offset) ? undefined : t("fault.offset")}
      />
    </>
  );
}
