import { useQuery } from "@tanstack/react-query";
import { Segmented, Select } from "antd";
import { Field, FieldGroup } from "../../../components/field.tsx";
import { GroupSuggest } from "../../../components/name-suggest.tsx";
import { TextField } from "../../../components/text-field.tsx";
import { TimeRange } from "../../../components/time-range.tsx";
import { api } from "../../../lib/api.ts";
import { useT } from "../../../lib/i18n.ts";
import type { Patch } from "../../../lib/search.ts";
import { storedRanges } from "../query-form.tsx";
import { TopicField } from "../topic-field.tsx";
import { useDraft } from "../use-draft.ts";
import { PRESET, scanSources, type ScanSearch, type ScanSourceKind } from "./scan-search.ts";

interface SourceFieldsProps {
  instanceId: string;
  search: ScanSearch;
  patch: Patch<ScanSearch>;
  faultAt: (path: string) => string | undefined;
}

const named = (name: string) => (name.trim() === "" ? undefined : name.trim());

/** Which messages are scanned. */
export function SourceFields({ instanceId, search, patch, faultAt }: SourceFieldsProps) {
  const t = useT("scan");
  const [topic, setTopic] = useDraft(search.topic ?? "");
  const [group, setGroup] = useDraft(search.group ?? "");
  const source = search.source ?? "time";
  const ofGroup = source === "unread" || source === "deadLetters";
  const isTimed = source === "time" || source === "deadLetters";
  return (
    <>
      <FieldGroup label={t("source")}>
        <Segmented<ScanSourceKind>
          value={source}
          options={scanSources.map((value) => ({ value, label: t(`sources.${value}`) }))}
          onChange={(value) => patch({ source: value === "time" ? undefined : value })}
        />
      </FieldGroup>
      <div className="rd-scan-row">
        {ofGroup ? (
          <GroupSuggest
            instanceId={instanceId}
            label={t("group")}
            className="rd-message-topic"
            value={group}
            onChange={(name) => {
              setGroup(name);
              patch({ group: named(name) }, { replace: true });
            }}
            fault={faultAt("group")}
          />
        ) : null}
        {source === "deadLetters" ? null : (
          <TopicField
            instanceId={instanceId}
            value={topic}
            onChange={(name) => {
              setTopic(name);
              patch({ topic: named(name) }, { replace: true });
            }}
            fault={faultAt("topic")}
          />
        )}
        {source === "queue" ? <QueueFields {...{ instanceId, search, patch, faultAt }} /> : null}
        {isTimed ? (
          <FieldGroup label={t("storedBetween")} fault={faultAt("to")}>
            <TimeRange value={search} preset={PRESET} offer={storedRanges} onChange={(range) => patch(range)} />
          </FieldGroup>
        ) : null}
      </div>
    </>
  );
}

function QueueFields({ instanceId, search, patch, faultAt }: SourceFieldsProps) {
  const t = useT("scan");
  const { topic, broker, queue } = search;
  const [from, setFrom] = useDraft(search.fromOffset ?? "");
  const [to, setTo] = useDraft(search.toOffset ?? "");
  const queues = useQuery(
    api.topic.queues.queryOptions({
      input: { instanceId, topic: topic ?? "" },
      enabled: topic !== undefined,
      retry: false,
    }),
  );
  const items = queues.data?.items ?? [];
  const brokers = [...new Set([...items.map(({ brokerName }) => brokerName), ...(broker ? [broker] : [])])];
  const ids = items.filter(({ brokerName }) => brokerName === broker).map(({ queueId }) => queueId);
  return (
    <>
      <Field label={t("broker")} fault={faultAt("brokerName")}>
        {(control) => (
          <Select
            {...control}
            className="rd-message-broker"
            popupMatchSelectWidth={false}
            options={brokers.map((name) => ({ value: name, label: name }))}
            value={broker}
            onChange={(name: string) => patch({ broker: name, queue: undefined })}
          />
        )}
      </Field>
      <Field label={t("queue")} fault={faultAt("queueId")}>
        {(control) => (
          <Select
            {...control}
            className="rd-message-queue"
            popupMatchSelectWidth={false}
            options={(ids.length === 0 && queue !== undefined ? [queue] : ids).map((id) => ({ value: id, label: id }))}
            value={queue}
            onChange={(id: number) => patch({ queue: id })}
          />
        )}
      </Field>
      <TextField
        label={t("fromOffset")}
        value={from}
        mono
        onChange={(typed) => {
          setFrom(typed);
          patch({ fromOffset: named(typed) }, { replace: true });
        }}
        fault={faultAt("fromOffset")}
      />
      <TextField
        label={t("toOffset")}
        value={to}
        mono
        onChange={(typed) => {
          setTo(typed);
          patch({ toOffset: named(typed) }, { replace: true });
        }}
        fault={faultAt("toOffset")}
      />
    </>
  );
}
