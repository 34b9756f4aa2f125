import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { AutoComplete } from "antd";
import { Field } from "../../components/field.tsx";
import { api } from "../../lib/api.ts";
import { useT } from "../../lib/i18n.ts";
import { includesName } from "../../lib/includes-name.ts";
import { useSettled } from "../../lib/settled.ts";

interface TopicFieldProps {
  instanceId: string;
  value: string;
  onChange: (topic: string) => void;
  /** One of the names offered was taken. */
  onPick?: (topic: string) => void;
  fault?: string;
  optional?: boolean;
}

/** A topic by name, with the names that the server knows offered while typing. */
export function TopicField({ instanceId, value, onChange, onPick, fault, optional = false }: TopicFieldProps) {
  const t = useT("message");
  const search = useSettled(value.trim());
  const names = useQuery(
    api.topic.suggest.queryOptions({
      input: { instanceId, search, limit: 20 },
      placeholderData: keepPreviousData,
      staleTime: 30_000,
    }),
  );
  const label = optional ? t("topicOptional") : t("topic");
  return (
    <Field label={label} fault={fault}>
      {(control) => (
        <AutoComplete
          {...control}
          className="rd-message-topic rd-mono"
          value={value}
          options={(names.data ?? []).map((name) => ({ value: name }))}
          onChange={(topic: string) => onChange(topic)}
          onSelect={(topic: string) => onPick?.(topic)}
          placeholder={t("topicHint")}
          status={fault === undefined ? "" : "error"}
          popupMatchSelectWidth={false}
          defaultActiveFirstOption={false}
          // What was found for the letters before must not be taken by Enter for what is typed now.
          showSearch={{ filterOption: (typed, option) => includesName(option?.value ?? "", typed) }}
        />
      )}
    </Field>
  );
}
