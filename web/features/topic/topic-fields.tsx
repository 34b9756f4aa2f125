import { Select } from "antd";
import { PERMS, type Perm } from "#contract/rules/topic.ts";
import { Field } from "../../components/field.tsx";
import { useT } from "../../lib/i18n.ts";
import { usePermWord } from "./topic-words.tsx";

/** Null where brokers differ, and each keeps its own. */
export function PermField({ value, onChange }: { value: Perm | null; onChange: (perm: Perm) => void }) {
  const t = useT("topic");
  const perm = usePermWord();
  return (
    <Field label={t("permission")}>
      {(control) => (
        <Select
          {...control}
          value={value}
          placeholder={t("differs")}
          options={PERMS.map((one) => ({ value: one, label: perm(one) }))}
          onChange={onChange}
        />
      )}
    </Field>
  );
}
