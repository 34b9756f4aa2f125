import { Collapse, Segmented, Select } from "antd";
import { useState } from "react";
import { MESSAGE_TYPES } from "#contract/rules/topic.ts";
import { Field, FieldGroup } from "../../components/field.tsx";
import { TopicSuggest } from "../../components/name-suggest.tsx";
import { NumberField } from "../../components/number-field.tsx";
import { TextField } from "../../components/text-field.tsx";
import { useT } from "../../lib/i18n.ts";
import { useDialWords } from "./plan-words.tsx";
import { delayLevels, type ProduceDraft } from "./produce-draft.ts";
import type { DraftProps } from "./use-form.ts";

type FieldsProps = DraftProps<ProduceDraft>;

export function ProduceFields({ instanceId, ...props }: FieldsProps & { instanceId: string }) {
  const t = useT("dial-test");
  const words = useDialWords();
  const { draft, change, faults } = props;
  const ownBody = draft.body.trim() !== "";
  return (
    <>
      <TopicSuggest
        label={t("topic")}
        instanceId={instanceId}
        normalOnly
        value={draft.topic}
        onChange={(topic) => change({ topic })}
        fault={words.fault(faults.topic)}
      />
      <FieldGroup label={t("messageType")} hint={t(`typeHint.${draft.messageType}`)}>
        <Segmented
          aria-label={t("messageType")}
          value={draft.messageType}
          options={MESSAGE_TYPES.map((value) => ({ value, label: t(`type.${value}`) }))}
          onChange={(messageType) => change({ messageType })}
        />
      </FieldGroup>
      <OfType {...props} />
      <div className="rd-dial-pair">
        <NumberField
          label={t("count")}
          hint={t("countHint")}
          fault={words.fault(faults.count)}
          value={draft.count}
          onChange={(count) => change({ count })}
        />
        <NumberField
          label={t("size")}
          hint={ownBody ? t("sizeOwnBody") : t("sizeHint")}
          fault={words.fault(faults.sizeKb)}
          value={draft.sizeKb}
          disabled={ownBody}
          onChange={(sizeKb) => change({ sizeKb })}
        />
      </div>
      <Extras {...props} />
    </>
  );
}

/** What only one type of message has. */
function OfType({ draft, change, faults }: FieldsProps) {
  const t = useT("dial-test");
  const words = useDialWords();
  if (draft.messageType === "FIFO") {
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
  if (draft.messageType === "TRANSACTION") {
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
  if (draft.messageType !== "DELAY") return null;
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
        <Field label={t("delayLevel")} hint={t("delayLevelHint")}>
          {(control) => (
            <Select
              {...control}
              value={draft.delayLevel}
              options={delayLevels.map((time, i) => ({
                value: i + 1,
                label: t("delayOption", { level: i + 1, time }),
              }))}
              onChange={(delayLevel: number) => change({ delayLevel })}
            />
          )}
        </Field>
      ) : (
        <NumberField
          label={t("delaySeconds")}
          hint={t("delaySecondsHint")}
          fault={words.fault(faults.delaySeconds)}
          value={draft.delaySeconds}
          onChange={(delaySeconds) => change({ delaySeconds })}
        />
      )}
    </div>
  );
}

/** Folded away until wanted: a first test needs none of it. */
function Extras({ draft, change, faults }: FieldsProps) {
  const t = useT("dial-test");
  const words = useDialWords();
  const used = [draft.tag, draft.keys, draft.properties, draft.body].some((value) => value !== "");
  const [open, setOpen] = useState(used || draft.bodyLost);
  return (
    <Collapse
      size="small"
      activeKey={open ? ["extras"] : []}
      onChange={(keys) => setOpen(keys.length > 0)}
      items={[
        {
          key: "extras",
          label: t("extras"),
          children: (
            <div className="rd-dial-fields">
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
              <TextField
                label={t("properties")}
                hint={t("propertiesHint")}
                fault={words.fault(faults.properties)}
                mono
                rows={2}
                value={draft.properties}
                onChange={(properties) => change({ properties })}
              />
              <TextField
                label={t("body")}
                hint={t("bodyHint")}
                fault={words.fault(faults.body)}
                mono
                rows={3}
                value={draft.body}
                onChange={(body) => change({ body })}
              />
            </div>
          ),
        },
      ]}
    />
  );
}
