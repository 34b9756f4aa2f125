import { lazy, Suspense, type ReactNode } from "react";
import { useT } from "../lib/i18n.ts";
import { Field } from "./field.tsx";

const MomentPicker = lazy(() => import("./moment-picker.tsx").then((m) => ({ default: m.MomentPicker })));

interface MomentFieldProps {
  label: string;
  hint?: ReactNode;
  fault?: string;
  value: number | null;
  onChange: (at: number | null) => void;
}

/** A moment, to the second. */
export function MomentField({ value, onChange, ...field }: MomentFieldProps) {
  const t = useT();
  return (
    <Field {...field}>
      {(control) => (
        <Suspense fallback={<span className="rd-quiet">{t("loading")}</span>}>
          <MomentPicker {...control} value={value} onChange={onChange} />
        </Suspense>
      )}
    </Field>
  );
}
