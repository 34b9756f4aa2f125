import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { AutoComplete } from "antd";
import type { ReactNode } from "react";
import { Field } from "../../components/field.tsx";
import { api } from "../../lib/api.ts";
import { useT } from "../../lib/i18n.ts";
import { includesName } from "../../lib/includes-name.ts";
import { useSettled } from "../../lib/settled.ts";

interface NameFieldProps {
  instanceId: string;
  value: string;
  onChange: (value: string) => void;
  hint?: ReactNode;
  fault?: string;
}

const SUGGESTED = 50;

const suggestionsFor = (instanceId: string, search: string) => ({
  input: { instanceId, search, limit: SUGGESTED },
  placeholderData: keepPreviousData,
  staleTime: 30_000,
});

export function TopicField({ instanceId, normalOnly, ...props }: NameFieldProps & { normalOnly?: boolean }) {
  const t = useT("dial-test");
  const { input, ...options } = suggestionsFor(instanceId, useSettled(props.value.trim()));
  const kind = normalOnly ? ("normal" as const) : undefined;
  const { data } = useQuery(api.topic.suggest.queryOptions({ input: { ...input, kind }, ...options }));
  return <NameField label={t("topic")} names={data} {...props} />;
}

export function GroupField({ instanceId, ...props }: NameFieldProps) {
  const t = useT("dial-test");
  const { data } = useQuery(api.group.suggest.queryOptions(suggestionsFor(instanceId, useSettled(props.value.trim()))));
  const unread = (data?.failures.length ?? 0) > 0;
  const hint = unread ? t("groupsUnread") : props.hint;
  return <NameField label={t("group")} names={data?.names} {...props} hint={hint} />;
}

interface NameProps extends Omit<NameFieldProps, "instanceId"> {
  label: string;
  names: string[] | undefined;
}

/** A name that may be typed or taken from those that there are. */
function NameField({ label, names = [], value, onChange, hint, fault }: NameProps) {
  const typedWhole = names.length === 1 && names[0] === value;
  return (
    <Field label={label} hint={hint} fault={fault}>
      {(control) => (
        <AutoComplete
          {...control}
          className="rd-mono"
          allowClear
          status={fault === undefined ? "" : "error"}
          options={(typedWhole ? [] : names).map((name) => ({
            value: name,
            label: <span className="rd-mono">{name}</span>,
          }))}
          showSearch={{
            filterOption: (typed, option) => includesName(option?.value ?? "", typed),
          }}
          value={value}
          onChange={(name: string | undefined) => onChange(name ?? "")}
        />
      )}
    </Field>
  );
}
