import "./topic.css";
import { useQuery } from "@tanstack/react-query";
import { PERMS, type Perm } from "#contract/rules/topic.ts";
import type { TopicItem, TopicOnBroker } from "#contract/topic.ts";
import { NumberField } from "../../components/number-field.tsx";
import { EditFrame } from "../../components/resource/edit-frame.tsx";
import { isRemark, RemarkField } from "../../components/resource/fields.tsx";
import { WriteFrame } from "../../components/resource/write-frame.tsx";
import { api, client } from "../../lib/api.ts";
import { useDraft } from "../../lib/draft.ts";
import { useT } from "../../lib/i18n.ts";
import { PermField } from "./topic-fields.tsx";
import { usePlanWords } from "./topic-plan-words.tsx";

interface EditProps {
  instanceId: string;
  topic: string;
  /** Already chosen when it opens. */
  perm?: Perm;
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

export function TopicEditDrawer({ instanceId, topic, perm, onClose }: EditProps) {
  const t = useT("topic");
  return (
    <EditFrame
      title={t("editTitle", { topic })}
      query={api.topic.get.queryOptions({ input: { instanceId, topic } })}
      onClose={onClose}
    >
      {(read) => <EditForm instanceId={instanceId} topic={read} perm={perm} onClose={onClose} />}
    </EditFrame>
  );
}

/** Who is online is dear to ask, and changes nothing of the plan. */
const ONLINE_MS = 60_000;

function EditForm({ instanceId, topic, perm, onClose }: Omit<EditProps, "topic"> & { topic: TopicItem }) {
  const t = useT("topic");
  const before = draftOf(topic);
  const { draft, change } = useDraft(before, perm === undefined ? {} : { perm });
  const options = useQuery(api.topic.options.queryOptions({ input: { instanceId } }));
  const changes = changesOf(draft, before);
  const changed = Object.keys(changes).length > 0;
  const most = Math.max(
    options.data?.maxQueuesPerBroker ?? 8,
    ...topic.brokers.flatMap((b) => [b.readQueues, b.writeQueues]),
  );
  const wrong = (queues: number | null) => queues !== null && (queues < 1 || queues > most);
  const words = usePlanWords();
  const ref = { instanceId, topic: topic.topic };
  const online = useQuery(api.topic.users.queryOptions({ input: ref, staleTime: ONLINE_MS }));
  return (
    <WriteFrame
      title={t("editTitle", { topic: topic.topic })}
      applyText={t("common:save")}
      dirty={changed}
      input={{ ...ref, ...changes }}
      whole={changed && !wrong(draft.readQueues) && !wrong(draft.writeQueues) && isRemark(draft.remark)}
      query={(input) => api.topic.planUpdate.queryOptions({ input })}
      words={(planned) => words(planned, online.data?.users)}
      apply={(planId) => client.topic.update({ ...ref, planId })}
      undoing={(undo) => api.topic.planUndo.queryOptions({ input: { ...ref, undo } })}
      touches={api.topic.key()}
      onClose={onClose}
    >
      <EditFields
        topic={topic}
        draft={draft}
        change={change}
        rangeFault={(queues) => (wrong(queues) ? t("fault.queues.range", { max: most }) : undefined)}
      />
    </WriteFrame>
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
  const each = (of: (on: TopicOnBroker) => number) =>
    t("differing", { values: topic.brokers.map((on) => `${on.brokerName} ${of(on)}`).join(", ") });
  return (
    <div className="rd-resource-form">
      <NumberField
        label={t("writeQueuesPerBroker")}
        hint={shared(topic, (on) => on.writeQueues) === null ? each((on) => on.writeQueues) : undefined}
        fault={rangeFault(draft.writeQueues)}
        value={draft.writeQueues}
        onChange={(writeQueues) => change({ writeQueues })}
      />
      <NumberField
        label={t("readQueuesPerBroker")}
        hint={shared(topic, (on) => on.readQueues) === null ? each((on) => on.readQueues) : t("shrinkHint")}
        fault={rangeFault(draft.readQueues)}
        value={draft.readQueues}
        onChange={(readQueues) => change({ readQueues })}
      />
      <PermField value={draft.perm} onChange={(perm) => change({ perm })} />
      <RemarkField resource="topic" value={draft.remark} onChange={(remark) => change({ remark })} />
      <p className="rd-quiet">{t("notEditable")}</p>
    </div>
  );
}
