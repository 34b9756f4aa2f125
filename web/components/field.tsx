import { useId, type ReactNode } from "react";
import "./field.css";

interface FieldProps {
  label: string;
  hint?: ReactNode;
  /** What is wrong with what was given. */
  fault?: string;
  /** The control, with what ties it to its label, hint and fault. */
  children: (control: { id: string; "aria-describedby"?: string; "aria-invalid"?: boolean }) => ReactNode;
}

/** A control with its label over it and its hint or fault under it. */
export function Field({ label, hint, fault, children }: FieldProps) {
  const id = useId();
  const note = fault ?? hint;
  const noteId = `${id}-note`;
  return (
    <div className="rd-field">
      <label htmlFor={id}>{label}</label>
      {children({
        id,
        "aria-describedby": note === undefined ? undefined : noteId,
        "aria-invalid": fault === undefined ? undefined : true,
      })}
      <Note id={noteId} hint={hint} fault={fault} />
    </div>
  );
}

/** Several controls under one label: check boxes of a choice. */
export function FieldGroup({ label, hint, fault, children }: Omit<FieldProps, "children"> & { children: ReactNode }) {
  const id = useId();
  return (
    <div className="rd-field" role="group" aria-labelledby={id}>
      <span id={id}>{label}</span>
      {children}
      <Note hint={hint} fault={fault} />
    </div>
  );
}

/** Always there, for only what changes in a live region is announced. */
function Note({ id, hint, fault }: { id?: string } & Pick<FieldProps, "hint" | "fault">) {
  return (
    <span id={id} className={`rd-field-note ${fault === undefined ? "rd-quiet" : "rd-fault"}`} aria-live="polite">
      {fault ?? hint}
    </span>
  );
}
