import { Checkbox, Input } from "antd";
import { useState } from "react";
import { REMARK_MAX } from "#contract/rules/limits.ts";
import { useT } from "../../lib/i18n.ts";
import { Field, FieldGroup } from "../field.tsx";
import type { Resource } from "../../lib/resource-search.ts";
import { Name } from "../name.tsx";
import "./resource.css";

interface NameFieldProps {
  resource: Resource;
  value: string;
  /** Which rule of `fault.name` it breaks. */
  fault: string | undefined;
  onChange: (name: string) => void;
}

/** The name of something new; an empty one is no fault before the field was left. */
export function NameField({ resource, value, fault, onChange }: NameFieldProps) {
  const t = useT(resource);
  const [left, setLeft] = useState(false);
  const shown = fault !== undefined && (left || value !== "") ? t(`fault.name.${fault}`) : undefined;
  return (
    <Field label={t(resource)} hint={t("nameHint")} fault={shown}>
      {(control) => (
        <Input
          {...control}
          className="rd-mono"
          value={value}
          autoFocus
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => onChange(event.target.value)}
          onBlur={() => {
            onChange(value.trim());
            setLeft(true);
          }}
        />
      )}
    </Field>
  );
}

interface BrokerChoiceProps {
  resource: Resource;
  all: string[];
  brokers: string[];
  fault?: string;
  /** Undefined: all, those that join later included. */
  onChange: (brokers: string[] | undefined) => void;
}

/** The brokers that something new is made on. */
export function BrokerChoice({ resource, all, brokers, fault, onChange }: BrokerChoiceProps) {
  const t = useT(resource);
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
        className="rd-broker-choice"
        value={brokers}
        options={all.map((value) => ({ value, label: <Name value={value} /> }))}
        onChange={(chosen) => onChange(chosen)}
      />
    </FieldGroup>
  );
}

interface RemarkFieldProps {
  resource: Resource;
  value: string;
  onChange: (remark: string) => void;
}

export const isRemark = (remark: string): boolean => remark.length <= REMARK_MAX;

/** The console's own note on something. */
export function RemarkField({ resource, value, onChange }: RemarkFieldProps) {
  const t = useT(resource);
  return (
    <Field label={t("remark")} hint={t("remarkText")} fault={isRemark(value) ? undefined : t("fault.remark.tooLong")}>
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
