import { Checkbox, Collapse, Segmented, Select } from "antd";
import { useState } from "react";
import type { ProducePlan } from "#contract/dial-test.ts";
import type { Limits } from "#contract/dial-run.ts";
import { DELAY_LEVELS } from "#contract/rules/delay.ts";
import { MESSAGE_TYPES, type MessageType } from "#contract/rules/topic.ts";
import { Field, FieldGroup } from "../../components/field.tsx";
import { TopicSuggest } from "../../components/name-suggest.tsx";
import { NumberField } from "../../components/number-field.tsx";
import { TextField } from "../../components/text-field.tsx";
import { useT } from "../../lib/i18n.ts";
import { useFormat } from "../../lib/format.ts";
import { useDialWords } from "./plan-words.tsx";
import { usualCount, type ProduceDraft } from "./produce-draft.ts";
import { sendModes } from "./dial-test-search.ts";
import type { DraftProps } from "./use-form.ts";
import { useLimits } from "./use-limits.ts";

interface FieldsProps extends DraftProps<ProduceDraft> {
  /** What is sent: as chosen, else as the topic is. */
  type: MessageType;
}

interface ProduceFieldsProps extends FieldsProps {
  instanceId: string;
  plan: ProducePlan | undefined;
}

export function ProduceFields({ instanceId, plan, ...props }: ProduceFieldsProps) {
  const t = useT("dial-test");
  const words = useDialWords();
  const { draft, type, change, faults } = props;
  const format = useFormat();
  const limits = useLimits(instanceId, draft.topic);
  const most = limits?.maxMessageSize;
  // Whoever comes with a topic is here to type a message.
  const [toBody, setToBody] = useState(draft.topic !== "");
  return (
    <>
      <TopicSuggest
        label={t("topic")}
        instanceId={instanceId}
        normalOnly
        value={draft.topic}
        // Another topic has a type, and consumers, of its own.
        onChange={(topic) => change({ topic, messageType: undefined, despiteConsumers: false })}
        fault={words.fault(faults.topic)}
      />
      {plan === undefined ? null : <Consumers draft={draft} change={change} plan={plan} />}
      <FieldGroup label={t("messageType")} hint={t(`typeHint.${type}`)}>
        <Segmented
          aria-label={t("messageType")}
          value={type}
          options={MESSAGE_TYPES.map((value) => ({ value, label: t(`type.${value}`) }))}
          onChange={(messageType) => change({ messageType })}
        />
      </FieldGroup>
      <OfType {...props} limits={limits} />
      <FieldGroup label={t("what")} hint={t(`whatHint.${draft.mode}`)}>
        <Segmented
          aria-label={t("what")}
          value={draft.mode}
          options={sendModes.map((value) => ({ value, label: t(`whats.${value}`) }))}
          onChange={(mode) => {
            setToBody(false);
            change({ mode, count: usualCount[mode] });
          }}
        />
      </FieldGroup>
      {draft.mode === "own" ? (
        <TextField
          label={t("body")}
          fault={words.fault(faults.body)}
          mono
          rows={5}
          autoFocus={toBody}
          value={draft.body}
          onChange={(body) => change({ body, bodyOf: undefined })}
        />
      ) : (
        <div className="rd-dial-pair">
          <Count {...props} label={t("count")} />
          <NumberField
            label={t("size")}
            hint={most ? t("sizeLimit", { bytes: format.bytes(most.value), broker: most.broker }) : t("sizeHint")}
            fault={words.fault(faults.sizeKb)}
            value={draft.sizeKb}
            onChange={(sizeKb) => change({ sizeKb })}
          />
        </div>
      )}
      <div className="rd-dial-pair">
        <TextField label={t("tag")} mono value={draft.tag} onChange={(tag) => change({ tag })} />
        <TextField
          label={t("keys")}
          hint={t("keysHint")}
          mono
          value={draft.keys}
          onChange={(keys) => change({ keys })}
        />
      </div>
      <Extras {...props} />
    </>
  );
}

/** Real consumers take test messages for real ones: whoever sends them says that they may. */
function Consumers({ draft, change, plan }: Pick<ProduceFieldsProps, "draft" | "change"> & { plan: ProducePlan }) {
  const t = useT("dial-test");
  const { consumers, blocked } = plan;
  if (consumers.length === 0 && blocked !== "USE_UNKNOWN" && !draft.despiteConsumers) return null;
  const clients = consumers.reduce((sum, group) => sum + group.clients, 0);
  return (
    <FieldGroup label={t("consumersOnline")}>
      <Checkbox
        checked={draft.despiteConsumers}
        onChange={({ target }) => change({ despiteConsumers: target.checked })}
      >
        {consumers.length === 0
          ? t("despiteUnknown")
          : t("despiteConsumers", { count: clients, groups: consumers.map(({ group }) => group).join(", ") })}
      </Checkbox>
    </FieldGroup>
  );
}

function Count({ draft, change, faults, label }: FieldsProps & { label: string }) {
  const t = useT("dial-test");
  const words = useDialWords();
  return (
    <NumberField
      label={label}
      hint={t("countHint")}
      fault={words.fault(faults.count)}
      value={draft.count}
      onChange={(count) => change({ count })}
    />
  );
}

/** What only one type of message has. */
function OfType({ draft, type, change, faults, limits }: FieldsProps & { limits: Limits | undefined }) {
  const t = useT("dial-test");
  const format = useFormat();
  const words = useDialWords();
  if (type === "FIFO") {
    return (
      <TextField
        label={t("shardingKey")}
        hint={t("shardingHint")}
        mono
        value={draft.shardingKey}
        onChange={(shardingKey) => change({ shardingKey })}
      />
    );
  }
  if (type === "TRANSACTION") {
    return (
      <FieldGroup label={t("outcome")} hint={t(`outcomeHint.${draft.outcome}`)}>
        <Segmented
          aria-label={t("outcome")}
          value={draft.outcome}
          options={(["commit", "rollback"] as const).map((value) => ({ value, label: t(`outcomes.${value}`) }))}
          onChange={(outcome) => change({ outcome })}
        />
      </FieldGroup>
    );
  }
  if (type !== "DELAY") return null;
  return (
    <div className="rd-dial-pair">
      <FieldGroup label={t("delayBy")}>
        <Segmented
          aria-label={t("delayBy")}
          value={draft.delayBy}
          options={(["level", "time"] as const).map((value) => ({ value, label: t(`delayByWord.${value}`) }))}
          onChange={(delayBy) => change({ delayBy })}
        />
      </FieldGroup>
      {draft.delayBy === "level" ? (
        <Field label={t("delayLevel")} hint={levelHint(limits, t)}>
          {(control) => (
            <Select
              {...control}
              value={draft.delayLevel}
              options={(limits?.delayLevels?.ms ?? DELAY_LEVELS).map((length, i) => ({
                value: i + 1,
                label: t("delayOption", {
                  level: i + 1,
                  time: typeof length === "string" ? length : format.duration(length),
                }),
              }))}
              onChange={(delayLevel: number) => change({ delayLevel })}
            />
          )}
        </Field>
      ) : (
        <NumberField
          label={t("delaySeconds")}
          hint={timerHint(limits, t, (seconds) => format.duration(seconds * 1000))}
          fault={words.fault(faults.delaySeconds)}
          value={draft.delaySeconds}
          onChange={(delaySeconds) => change({ delaySeconds })}
        />
      )}
    </div>
  );
}

type Words = ReturnType<typeof useT>;

/** Of which broker the levels are; RocketMQ's own where none told. */
function levelHint(limits: Limits | undefined, t: Words): string {
  const levels = limits?.delayLevels;
  if (!levels) return t("delayLevelHint");
  return t(levels.differ ? "delayLevelsDiffer" : "delayLevelsOf", { broker: levels.broker });
}

function timerHint(limits: Limits | undefined, t: Words, lengthOf: (seconds: number) => string): string {
  if (limits?.timers === false) return t("noTimersHint");
  const most = limits?.timerMaxDelaySec;
  return most ? t("timerLimit", { time: lengthOf(most.value), broker: most.broker }) : t("delaySecondsHint");
}

/** Folded away until wanted: a first message needs none of it. */
function Extras(props: FieldsProps) {
  const { draft, change, faults } = props;
  const t = useT("dial-test");
  const words = useDialWords();
  const own = draft.mode === "own";
  const [open, setOpen] = useState(draft.properties !== "" || (own && draft.count !== usualCount.own));
  return (
    <Collapse
      size="small"
      activeKey={open ? ["extras"] : []}
      onChange={(keys) => setOpen(keys.length > 0)}
      items={[
        {
          key: "extras",
          label: t(own ? "extrasOfOwn" : "properties"),
          children: (
            <div className="rd-dial-fields">
              <TextField
                label={t("properties")}
                hint={t("propertiesHint")}
                fault={words.fault(faults.properties)}
                mono
                rows={2}
                value={draft.properties}
                onChange={(properties) => change({ properties })}
              />
              {own ? <Count {...props} label={t("copies")} /> : null}
            </div>
          ),
        },
      ]}
    />
  );
}
