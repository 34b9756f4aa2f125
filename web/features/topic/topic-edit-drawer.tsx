import { useQuery, useQueryClient } from "@tanstack/react-query";
import { InputNumber, Select } from "antd";
import { useState } from "react";
import { REMARK_MAX } from "#contract/rules/limits.ts";
import { PERMS, type Perm } from "#contract/rules/topic.ts";
import type { TopicItem, TopicOnBroker } from "#contract/topic.ts";
import { ErrorState } from "../../components/error-state.tsx";
import { Field } from "../../components/field.tsx";
import { outcomeOf } from "../../components/plan-lines.tsx";
import { usePlannedWrite } from "../../components/planned-write.ts";
import { PanelSkeleton } from "../../components/table-skeleton.tsx";
import { WriteDrawer } from "../../components/write-drawer.tsx";
import { api, client } from "../../lib/api.ts";
import { useT } from "../../lib/i18n.ts";
import { RemarkField } from "./topic-create-drawer.tsx";
import { usePlanWords } from "./topic-plan-words.tsx";
import { usePermWord } from "./topic-words.tsx";

interface EditProps {
  instanceId: string;
  topic: string;
  onClose: () => void;
}

interface Draft {
  /** Null: stays as each broker has it. */
  readQueues: number | null;
  writeQueues: number | null;
  perm: Perm | null;
  remark: string;
}

/** The value that all brokers share, or null. */
function shared<T>(topic: TopicItem, of: (on: TopicOnBroker) => T): T | null {
  const values = new Set(topic.brokers.map(of));
  const [value] = values;
  return values.size === 1 && value !== undefined ? value : null;
}

const draftOf = (topic: TopicItem): Draft => ({
  readQueues: shared(topic, (on) => on.readQueues),
  writeQueues: shared(topic, (on) => on.writeQueues),
  perm: PERMS.find((perm) => perm === shared(topic, (on) => on.perm & 6)) ?? null,
  remark: topic.remark,
});

/** Only what was changed is sent, so that brokers that differ stay different in the rest. */
const changesOf = (draft: Draft, before: Draft) => ({
  ...(draft.readQueues !== null && draft.readQueues !== before.readQueues ? { readQueues: draft.readQueues } : {}),
  ...(draft.writeQueues !== null && draft.writeQueues !== before.writeQueues ? { writeQueues: draft.writeQueues } : {}),
  ...(draft.perm !== null && draft.perm !== before.perm ? { perm: draft.perm } : {}),
  ...(draft.remark === before.remark ? {} : { remark: draft.remark }),
});

export function TopicEditDrawer({ instanceId, topic, onClose }: EditProps) {
  const t = useT("topic");
  const { data, error, refetch } = useQuery(
    api.topic.get.queryOptions({ input: { instanceId, topic }, staleTime: Infinity, gcTime: 0 }),
  );
  if (data) return <EditForm instanceId={instanceId} topic={data} onClose={onClose} />;
  return (
    <WriteDrawer
      open
      title={t("editTitle", { topic })}
      plan={undefined}
      dirty={false}
      ready={false}
      applyText={t("common:save")}
      onApply={() => Promise.resolve()}
      onClose={onClose}
    >
      {error ? (
        <ErrorState error={error} onRetry={() => void refetch()} inline />
      ) : (
        <PanelSkeleton label={t("common:loading")} />
      )}
    </WriteDrawer>
  );
}

function EditForm({ instanceId, topic, onClose }: { instanceId: string; topic: TopicItem; onClose: () => void }) {
  const t = useT("topic");
  const queryClient = useQueryClient();
  const [before] = useState(() => draftOf(topic));
  const [draft, setDraft] = useState(before);
  const options = useQuery(api.topic.options.queryOptions({ input: { instanceId } }));
  const changes = changesOf(draft, before);
  const changed = Object.keys(changes).length > 0;
  const most = Math.max(
    options.data?.maxQueuesPerBroker ?? 8,
    ...topic.brokers.flatMap((b) => [b.readQueues, b.writeQueues]),
  );
  const wrong = (queues: number | null) => queues !== null && (queues < 1 || queues > most);
  const whole = changed && !wrong(draft.readQueues) && !wrong(draft.writeQueues) && draft.remark.length <= REMARK_MAX;
  const input = { instanceId, topic: topic.topic, ...changes };
  const words = usePlanWords();
  const { plan, ready } = usePlannedWrite({
    input,
    whole,
    query: (planned) => api.topic.planUpdate.queryOptions({ input: planned }),
    words: (planned) => words(planned, { before: before.remark, after: draft.remark }),
  });
  const apply = async () => {
    const { outcomes } = await client.topic.update(input);
    await queryClient.invalidateQueries({ queryKey: api.topic.key() });
    // A remark is the console's own: no broker has an outcome to show.
    return outcomes.length === 0 ? undefined : outcomeOf(outcomes);
  };
  return (
    <WriteDrawer
      open
      title={t("editTitle", { topic: topic.topic })}
      plan={plan}
      dirty={changed}
      ready={ready}
      applyText={t("common:save")}
      onApply={apply}
      onClose={onClose}
    >
      <EditFields
        topic={topic}
        draft={draft}
        change={(part) => setDraft((old) => ({ ...old, ...part }))}
        rangeFault={(queues) => (wrong(queues) ? t("fault.queues.range", { max: most }) : undefined)}
      />
    </WriteDrawer>
  );
}

interface EditFieldsProps {
  topic: TopicItem;
  draft: Draft;
  change: (part: Partial<Draft>) => void;
  rangeFault: (queues: number | null) => string | undefined;
}

function EditFields({ topic, draft, change, rangeFault }: EditFieldsProps) {
  const t = useT("topic");
  const perm = usePermWord();
  const each = (of: (on: TopicOnBroker) => number) =>
    t("differing", { values: topic.brokers.map((on) => `${on.brokerName} ${of(on)}`).join(", ") });
  return (
    <div className="rd-topic-form">
      <Field
        label={t("writeQueuesPerBroker")}
        hint={shared(topic, (on) => on.writeQueues) === null ? each((on) => on.writeQueues) : undefined}
        fault={rangeFault(draft.writeQueues)}
      >
        {(control) => (
          <InputNumber
            {...control}
            className="rd-topic-number"
            value={draft.writeQueues}
            precision={0}
            onChange={(writeQueues) => change({ writeQueues })}
          />
        )}
      </Field>
      <Field
        label={t("readQueuesPerBroker")}
        hint={shared(topic, (on) => on.readQueues) === null ? each((on) => on.readQueues) : t("shrinkHint")}
        fault={rangeFault(draft.readQueues)}
      >
        {(control) => (
          <InputNumber
            {...control}
            className="rd-topic-number"
            value={draft.readQueues}
            precision={0}
            onChange={(readQueues) => change({ readQueues })}
          />
        )}
      </Field>
      <Field label={t("permission")}>
        {(control) => (
          <Select
            {...control}
            value={draft.perm}
            placeholder={t("differs")}
            options={PERMS.map((value) => ({ value, label: perm(value) }))}
            onChange={(value: Perm) => change({ perm: value })}
          />
        )}
      </Field>
      <RemarkField
        value={draft.remark}
        fault={draft.remark.length > REMARK_MAX ? t("fault.remark.tooLong") : undefined}
        onChange={(remark) => change({ remark })}
      />
      <p className="rd-quiet">{t("notEditable")}</p>
    </div>
  );
}
