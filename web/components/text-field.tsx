import { Input } from "antd";
import type { ReactNode } from "react";
import { Field } from "./field.tsx";

interface TextFieldProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  /** What is asked for, under the field. */
  hint?: ReactNode;
  /** What is wrong with the value, in place of the hint. */
  fault?: string;
  placeholder?: string;
  /** Ids and addresses. */
  mono?: boolean;
  /** Several lines. */
  rows?: number;
  password?: boolean;
  autoFocus?: boolean;
}

/** A labelled text field that says what is wrong with it where it stands. */
export function TextField(props: TextFieldProps) {
  const { label, value, onChange, hint, fault, placeholder, mono, rows, password, autoFocus } = props;
  const shared = {
    value,
    placeholder,
    autoFocus,
    autoComplete: password ? "new-password" : "off",
    spellCheck: false,
    className: mono ? "rd-mono" : undefined,
    status: fault === undefined ? ("" as const) : ("error" as const),
  };
  return (
    <Field label={label} hint={hint} fault={fault}>
      {(control) =>
        rows === undefined ? (
          <Input
            {...control}
            {...shared}
            type={password ? "password" : "text"}
            onChange={(event) => onChange(event.target.value)}
          />
        ) : (
          <Input.TextArea
            {...control}
            {...shared}
            autoSize={{ minRows: rows, maxRows: 8 }}
            onChange={(event) => onChange(event.target.value)}
          />
        )
      }
    </Field>
  );
}
