import { InputNumber } from "antd";
import type { ReactNode } from "react";
import { Field } from "./field.tsx";

interface NumberFieldProps {
  label: string;
  value: number | null;
  onChange: (value: number | null) => void;
  /** What is asked for, under the field. */
  hint?: ReactNode;
  /** What is wrong with the value, in place of the hint. */
  fault?: string;
  disabled?: boolean;
}

/** A labelled field for a whole number that says what is wrong with it where it stands. */
export function NumberField({ label, hint, fault, ...input }: NumberFieldProps) {
  return (
    <Field label={label} hint={hint} fault={fault}>
      {(control) => (
        <InputNumber
          {...control}
          {...input}
          className="rd-number"
          precision={0}
          status={fault === undefined ? "" : "error"}
        />
      )}
    </Field>
  );
}
