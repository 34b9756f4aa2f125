import { Checkbox, Input, InputNumber, Select } from "antd";
import { RETRY_MAX } from "#contract/rules/group.ts";
import { REMARK_MAX } from "#contract/rules/limits.ts";
import { Field } from "../../components/field.tsx";
import { TextField } from "../../components/text-field.tsx";
import { useT } from "../../lib/i18n.ts";
import { parseDelays, type PolicyDraft } from "./retry-policy.ts";

/** A switch of which brokers may differ: null stays as each broker has it. */
export function Choice({
  value,
  label,
  text,
  onChange,
}: {
  value: boolean | null;
  label: string;
  text: string;
  onChange: (value: boolean) => void;
}) {
  return (
    <Checkbox
      checked={value === true}
      indeterminate={value === null}
      onChange={({ target }) => onChange(target.checked)}
    >
      {label} <span className="rd-quiet">{text}</span>
    </Checkbox>
  );
}

export const retriesWrong = (retries: number | null): boolean =>
  retries !== null && (!Number.isInteger(retries) || retries < 0 || retries > RETRY_MAX);

export function RetriesField({
  value,
  hint,
  fault,
  onChange,
}: {
  value: number | null;
  hint?: string;
  fault?: string;
  onChange: (value: number | null) => void;
}) {
  const t = useT("group");
  return (
    <Field label={t("retries")} hint={hint ?? t("retriesHint", { max: RETRY_MAX })} fault={fault}>
      {(control) => (
        <InputNumber
          {...control}
          className="rd-group-number"
          value={value}
          precision={0}
          onChange={(retries) => onChange(retries)}
        />
      )}
    </Field>
  );
}

const types = ["default", "custom", "exponential"] as const;

interface PolicyFieldProps {
  /** Null: brokers differ, and each keeps its own. */
  draft: PolicyDraft | null;
  blank: PolicyDraft;
  wrong: boolean;
  onChange: (draft: PolicyDraft) => void;
}

export function PolicyField({ draft, blank, wrong, onChange }: PolicyFieldProps) {
  const t = useT("group");
  const fault = wrong ? t("fault.policy.delay") : undefined;
  return (
    <>
      <Field label={t("retryPolicy")} hint={draft === null ? t("differing") : t(`policy.${draft.type}Text`)}>
        {(control) => (
          <Select
            {...control}
            value={draft?.type}
            placeholder={t("differs")}
            options={types.map((value) => ({ value, label: t(`policy.${value}`) }))}
            onChange={(type: PolicyDraft["type"]) => onChange({ ...(draft ?? blank), type })}
          />
        )}
      </Field>
      {draft?.type === "custom" ? (
        <TextField
          label={t("policy.delays")}
          hint={t("policy.delaysHint")}
          fault={fault}
          mono
          value={draft.delays}
          onChange={(delays) => onChange({ ...draft, delays })}
        />
      ) : null}
      {draft?.type === "exponential" ? <Exponential draft={draft} wrong={wrong} onChange={onChange} /> : null}
    </>
  );
}

function Exponential({
  draft,
  wrong,
  onChange,
}: {
  draft: PolicyDraft;
  wrong: boolean;
  onChange: (draft: PolicyDraft) => void;
}) {
  const t = useT("group");
  const bad = (text: string) => (parseDelays(text)?.length === 1 ? undefined : t("fault.policy.delay"));
  const multiplierBad = draft.multiplier === null || draft.multiplier < 1 || draft.multiplier > 100;
  const badMax = bad(draft.max);
  const belowStart = wrong && !multiplierBad && bad(draft.initial) === undefined && badMax === undefined;
  return (
    <div className="rd-group-policy">
      <TextField
        label={t("policy.initial")}
        fault={bad(draft.initial)}
        mono
        value={draft.initial}
        onChange={(initial) => onChange({ ...draft, initial })}
      />
      <Field label={t("policy.multiplier")} fault={multiplierBad ? t("fault.policy.multiplier") : undefined}>
        {(control) => (
          <InputNumber
            {...control}
            className="rd-group-number"
            value={draft.multiplier}
            onChange={(multiplier) => onChange({ ...draft, multiplier })}
          />
        )}
      </Field>
      <TextField
        label={t("policy.max")}
        fault={badMax ?? (belowStart ? t("fault.policy.max") : undefined)}
        mono
        value={draft.max}
        onChange={(max) => onChange({ ...draft, max })}
      />
    </div>
  );
}

export function RemarkField({ value, onChange }: { value: string; onChange: (remark: string) => void }) {
  const t = useT("group");
  const fault = value.length > REMARK_MAX ? t("fault.remark.tooLong") : undefined;
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
