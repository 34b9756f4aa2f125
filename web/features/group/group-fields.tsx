import { Checkbox, InputNumber, Select } from "antd";
import { RETRY_MAX } from "#contract/rules/group.ts";
import { Field, FieldGroup } from "../../components/field.tsx";
import { NumberField } from "../../components/number-field.tsx";
import { TextField } from "../../components/text-field.tsx";
import { useT } from "../../lib/i18n.ts";
import { defaultPolicyDraft, isMultiplier, parseDelays, policyOf, type PolicyDraft } from "./retry-policy.ts";

/** A switch of which brokers may differ: null stays as each broker has it. */
function Choice({
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

/** What a form says of consuming; null where brokers differ, and each keeps its own. */
export interface ConsumeDraft {
  consumeEnable: boolean | null;
  broadcastEnable: boolean | null;
  ordered: boolean | null;
  retryMaxTimes: number | null;
  policy: PolicyDraft | null;
}

type Chosen = { [K in keyof ConsumeDraft]: NonNullable<ConsumeDraft[K]> };

export const policyWrong = ({ policy }: ConsumeDraft): boolean => policy !== null && policyOf(policy) === undefined;

interface ConsumeFieldsProps {
  draft: ConsumeDraft;
  /** Some broker keeps order and a retry policy, or may. */
  modern: boolean;
  retriesHint?: string;
  retriesFault: boolean;
  change: (chosen: Partial<Omit<Chosen, "retryMaxTimes"> & Pick<ConsumeDraft, "retryMaxTimes">>) => void;
}

/** How a group consumes and retries. */
export function ConsumeFields({ draft, modern, retriesHint, retriesFault, change }: ConsumeFieldsProps) {
  const t = useT("group");
  return (
    <>
      <FieldGroup label={t("consumption")}>
        <div className="rd-group-checks">
          <Choice
            value={draft.consumeEnable}
            label={t("consumeEnable")}
            text={t("consumeEnableText")}
            onChange={(consumeEnable) => change({ consumeEnable })}
          />
          <Choice
            value={draft.broadcastEnable}
            label={t("broadcastEnable")}
            text={t("broadcastEnableText")}
            onChange={(broadcastEnable) => change({ broadcastEnable })}
          />
          {modern ? (
            <Choice
              value={draft.ordered}
              label={t("ordered")}
              text={t("orderedText")}
              onChange={(ordered) => change({ ordered })}
            />
          ) : null}
        </div>
      </FieldGroup>
      <NumberField
        label={t("retries")}
        hint={retriesHint ?? t("retriesHint", { max: RETRY_MAX })}
        fault={retriesFault ? t("fault.retries.range") : undefined}
        value={draft.retryMaxTimes}
        onChange={(retryMaxTimes) => change({ retryMaxTimes })}
      />
      {modern ? (
        <PolicyField draft={draft.policy} wrong={policyWrong(draft)} onChange={(policy) => change({ policy })} />
      ) : null}
    </>
  );
}

const types = ["default", "custom", "exponential"] as const;

interface PolicyFieldProps {
  /** Null: brokers differ, and each keeps its own. */
  draft: PolicyDraft | null;
  wrong: boolean;
  onChange: (draft: PolicyDraft) => void;
}

function PolicyField({ draft, wrong, onChange }: PolicyFieldProps) {
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
            onChange={(type: PolicyDraft["type"]) => onChange({ ...(draft ?? defaultPolicyDraft), type })}
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
  const multiplierBad = !isMultiplier(draft.multiplier);
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
            className="rd-number"
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
