import { useQuery } from "@tanstack/react-query";
import { Checkbox, Select } from "antd";
import { useState } from "react";
import { topicNameFault } from "#contract/rules/names.ts";
import { MESSAGE_TYPES, orderFaults, QUEUES_MAX_DEFAULT, type MessageType, type Perm } from "#contract/rules/topic.ts";
import { Field } from "../../components/field.tsx";
import { LinkButton, primary } from "../../components/link-button.tsx";
import { NumberField } from "../../components/number-field.tsx";
import { BrokerChoice, isRemark, NameField, RemarkField } from "../../components/resource/fields.tsx";
import { WriteFrame } from "../../components/resource/write-frame.tsx";
import { api, client } from "../../lib/api.ts";
import { useT } from "../../lib/i18n.ts";
import { useCan } from "../../lib/session.ts";
import { isSame } from "../../lib/settled.ts";
import { PermField } from "./topic-fields.tsx";
import { usePlanWords } from "./topic-plan-words.tsx";

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
    ...(name === undefined ? {} : { topic: name }),
    ...(brokers.length === 0 ? { brokers: "brokers.none" } : {}),
    ...(queuesWrong ? { queues: "queues.range" } : {}),
  };
}

export function TopicCreateDrawer({ instanceId, onClose }: { instanceId: string; onClose: () => void }) {
  const t = useT("topic");
  const [draft, setDraft] = useState(blank);
  const maySend = useCan("message:send");
  const options = useQuery(api.topic.options.queryOptions({ input: { instanceId } }));
  const all = (options.data?.brokers ?? []).map(({ brokerName }) => brokerName);
  const max = options.data?.maxQueuesPerBroker ?? QUEUES_MAX_DEFAULT;
  const brokers = draft.brokers ?? all;
  const faults = faultsOf(draft, brokers, max);
  const { topic } = draft;
  return (
    <WriteFrame
      title={t("createTitle")}
      applyText={t("create")}
      dirty={!isSame(draft, blank)}
      input={{ instanceId, ...draft, brokers, queues: draft.queues ?? 1 }}
      whole={Object.keys(faults).length === 0 && isRemark(draft.remark)}
      query={(input) => api.topic.planCreate.queryOptions({ input })}
      words={usePlanWords()}
      fields={PLAN_FIELDS}
      fault={(key) => t(`fault.${key}`)}
      apply={(planId) => client.topic.create({ instanceId, topic, planId })}
      touches={api.topic.key()}
      next={
        <>
          <LinkButton
            {...(maySend ? {} : primary)}
            to="/instances/$instanceId/topics/$topic"
            params={{ instanceId, topic }}
          >
            {t("toTopic", { topic })}
          </LinkButton>
          {maySend ? (
            <LinkButton {...primary} to="/instances/$instanceId/dial-tests" params={{ instanceId }} search={{ topic }}>
              {t("sendMessage")}
            </LinkButton>
          ) : null}
        </>
      }
      onClose={onClose}
    >
      <CreateFields
        draft={draft}
        change={(changes) => setDraft((before) => ({ ...before, ...changes }))}
        all={all}
        brokers={brokers}
        max={max}
        faults={faults}
      />
    </WriteFrame>
  );
}

interface CreateFieldsProps {
  draft: Draft;
  change: (changes: Partial<Draft>) => void;
  all: string[];
  brokers: string[];
  max: number;
  faults: ReturnType<typeof faultsOf>;
}

function CreateFields({ draft, change, all, brokers, max, faults }: CreateFieldsProps) {
  const t = useT("topic");
  const fault = (key: keyof Draft) => (faults[key] === undefined ? undefined : t(`fault.${faults[key]}`, { max }));
  return (
    <div className="rd-resource-form">
      <NameField resource="topic" value={draft.topic} fault={faults.topic} onChange={(topic) => change({ topic })} />
      <BrokerChoice
        resource="topic"
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
      <NumberField
        label={t("queuesPerBroker")}
        hint={t("queuesHint", { max })}
        fault={fault("queues")}
        value={draft.queues}
        disabled={draft.order}
        onChange={(queues) => change({ queues })}
      />
      <PermField value={draft.perm} onChange={(perm) => change({ perm })} />
      <RemarkField resource="topic" value={draft.remark} onChange={(remark) => change({ remark })} />
    </div>
  );
}
