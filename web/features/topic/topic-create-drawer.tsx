import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Checkbox, Input, InputNumber, Select } from "antd";
import { useState } from "react";
import { REMARK_MAX } from "#contract/rules/limits.ts";
import { topicNameFault } from "#contract/rules/names.ts";
import {
  MESSAGE_TYPES,
  orderFaults,
  PERMS,
  QUEUES_MAX_DEFAULT,
  type MessageType,
  type Perm,
} from "#contract/rules/topic.ts";
import { Field, FieldGroup } from "../../components/field.tsx";
import { outcomeOf } from "../../components/plan-lines.tsx";
import { usePlannedWrite } from "../../components/planned-write.ts";
import { WriteDrawer } from "../../components/write-drawer.tsx";
import { api, client } from "../../lib/api.ts";
import { useT } from "../../lib/i18n.ts";
import { isSame } from "../../lib/settled.ts";
import { usePlanWords } from "./topic-plan-words.tsx";
import { usePermWord } from "./topic-words.tsx";

interface Draft {
  topic: string;
  /** Undefined: all of them. */
  brokers?: string[];
  messageType: MessageType;
  order: boolean;
  queues: number | null;
  perm: Perm;
  remark: string;
}

const blank: Draft = { topic: "", messageType: "NORMAL", order: false, queues: 4, perm: 6, remark: "" };

const PLAN_FIELDS = ["topic", "brokers", "queues", "messageType", "remark"];

/** What is wrong with a draft, by field; texts are under `fault`. */
function faultsOf(draft: Draft, brokers: string[], max: number): Partial<Record<keyof Draft, string>> {
  const name = topicNameFault(draft.topic);
  const queuesWrong = draft.queues === null || draft.queues < 1 || draft.queues > max;
  return {
    ...orderFaults({ ...draft, brokers }),
    ...(name === undefined ? {} : { topic: `name.${name}` }),
    ...(brokers.length === 0 ? { brokers: "brokers.none" } : {}),
    ...(queuesWrong ? { queues: "queues.range" } : {}),
    ...(draft.remark.length > REMARK_MAX ? { remark: "remark.tooLong" } : {}),
  };
}

export function TopicCreateDrawer({ instanceId, onClose }: { instanceId: string; onClose: () => void }) {
  const t = useT("topic");
  const queryClient = useQueryClient();
  const [draft, setDraft] = useState(blank);
  const [touched, setTouched] = useState(false);
  const options = useQuery(api.topic.options.queryOptions({ input: { instanceId } }));
  const all = (options.data?.brokers ?? []).map(({ brokerName }) => brokerName);
  const max = options.data?.maxQueuesPerBroker ?? QUEUES_MAX_DEFAULT;
  const brokers = draft.brokers ?? all;
  const faults = faultsOf(draft, brokers, max);
  const input = { instanceId, ...draft, brokers, queues: draft.queues ?? 1 };
  const { plan, ready } = usePlannedWrite({
    input,
    whole: Object.keys(faults).length === 0,
    query: (planned) => api.topic.planCreate.queryOptions({ input: planned }),
    words: usePlanWords(),
    fields: PLAN_FIELDS,
    fault: (key) => t(`fault.${key}`),
  });
  const change = (changes: Partial<Draft>) => setDraft((before) => ({ ...before, ...changes }));
  const apply = async () => {
    const { outcomes } = await client.topic.create(input);
    await queryClient.invalidateQueries({ queryKey: api.topic.key() });
    const { topic } = draft;
    return outcomeOf(
      outcomes,
      <p>
        <Link to="/instances/$instanceId/topics/$topic" params={{ instanceId, topic }}>
          {t("toTopic", { topic })}
        </Link>
      </p>,
    );
  };
  const shownFaults = { ...faults, topic: touched || draft.topic !== "" ? faults.topic : undefined };
  return (
    <WriteDrawer
      open
      title={t("createTitle")}
      plan={plan}
      dirty={!isSame(draft, blank)}
      ready={ready}
      applyText={t("create")}
      onApply={apply}
      onClose={onClose}
    >
      <div className="rd-topic-form">
        <CreateFields
          draft={draft}
          change={change}
          all={all}
          brokers={brokers}
          max={max}
          faults={shownFaults}
          onNameLeft={() => setTouched(true)}
        />
      </div>
    </WriteDrawer>
  );
}

interface CreateFieldsProps {
  draft: Draft;
  change: (changes: Partial<Draft>) => void;
  all: string[];
  brokers: string[];
  max: number;
  faults: Partial<Record<keyof Draft, string>>;
  onNameLeft: () => void;
}

function CreateFields({ draft, change, all, brokers, max, faults, onNameLeft }: CreateFieldsProps) {
  const t = useT("topic");
  const perm = usePermWord();
  const fault = (key: keyof Draft) => (faults[key] === undefined ? undefined : t(`fault.${faults[key]}`, { max }));
  return (
    <>
      <Field label={t("topic")} hint={t("nameHint")} fault={fault("topic")}>
        {(control) => (
          <Input
            {...control}
            className="rd-mono"
            value={draft.topic}
            autoFocus
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => change({ topic: event.target.value })}
            onBlur={() => {
              change({ topic: draft.topic.trim() });
              onNameLeft();
            }}
          />
        )}
      </Field>
      <BrokerChoice
        all={all}
        brokers={brokers}
        fault={fault("brokers")}
        onChange={(chosen) => change({ brokers: chosen })}
      />
      <Field label={t("messageType")} hint={t(`typeText.${draft.messageType}`)}>
        {(control) => (
          <Select
            {...control}
            value={draft.messageType}
            options={MESSAGE_TYPES.map((value) => ({ value, label: t(`type.${value}`) }))}
            onChange={(messageType: MessageType) =>
              change({ messageType, ...(messageType === "FIFO" ? {} : { order: false }) })
            }
          />
        )}
      </Field>
      {draft.messageType === "FIFO" ? (
        <Checkbox
          checked={draft.order}
          onChange={({ target }) =>
            change(
              target.checked
                ? { order: true, queues: 1, brokers: brokers.slice(0, 1) }
                : { order: false, brokers: undefined, queues: 4 },
            )
          }
        >
          {t("strict")} <span className="rd-quiet">{t("strictText")}</span>
        </Checkbox>
      ) : null}
      <Field label={t("queuesPerBroker")} hint={t("queuesHint", { max })} fault={fault("queues")}>
        {(control) => (
          <InputNumber
            {...control}
            className="rd-topic-number"
            value={draft.queues}
            precision={0}
            disabled={draft.order}
            onChange={(queues) => change({ queues })}
          />
        )}
      </Field>
      <Field label={t("permission")}>
        {(control) => (
          <Select
            {...control}
            value={draft.perm}
            options={PERMS.map((value) => ({ value, label: perm(value) }))}
            onChange={(value: Perm) => change({ perm: value })}
          />
        )}
      </Field>
      <RemarkField value={draft.remark} fault={fault("remark")} onChange={(remark) => change({ remark })} />
    </>
  );
}

interface BrokerChoiceProps {
  all: string[];
  brokers: string[];
  fault?: string;
  /** Undefined: all, those that join later included. */
  onChange: (brokers: string[] | undefined) => void;
}

function BrokerChoice({ all, brokers, fault, onChange }: BrokerChoiceProps) {
  const t = useT("topic");
  return (
    <FieldGroup label={t("brokers")} fault={fault}>
      <Checkbox
        checked={brokers.length === all.length && all.length > 0}
        indeterminate={brokers.length > 0 && brokers.length < all.length}
        onChange={({ target }) => onChange(target.checked ? undefined : [])}
      >
        {t("allBrokers")}
      </Checkbox>
      <Checkbox.Group
        className="rd-topic-brokers"
        value={brokers}
        options={all.map((value) => ({ value, label: <span className="rd-mono">{value}</span> }))}
        onChange={(chosen) => onChange(chosen)}
      />
    </FieldGroup>
  );
}

export function RemarkField({
  value,
  fault,
  onChange,
}: {
  value: string;
  fault?: string;
  onChange: (remark: string) => void;
}) {
  const t = useT("topic");
  return (
    <Field label={t("remark")} hint={t("remarkText")} fault={fault}>
      {(control) => (
        <Input.TextArea
          {...control}
          value={value}
          autoSize={{ minRows: 2, maxRows: 6 }}
          count={{ show: true, max: REMARK_MAX }}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}
