import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { AutoComplete } from "antd";
import type { ReactNode } from "react";
import { api } from "../lib/api.ts";
import { includesName } from "../lib/includes-name.ts";
import { useSettled } from "../lib/settled.ts";
import { Field } from "./field.tsx";

const OFFERED = 50;

/** What asks for names that fit what is typed, once it rests. */
const useNamesLike = (instanceId: string, typed: string) => {
  const input = { instanceId, search: useSettled(typed.trim()), limit: OFFERED };
  return { input, placeholderData: keepPreviousData, staleTime: 30_000 };
};

interface NameSuggestProps {
  label: string;
  /** Those that there are. */
  names: string[] | undefined;
  value: string;
  onChange: (name: string) => void;
  /** One of the names offered was taken. */
  onPick?: (name: string) => void;
  hint?: ReactNode;
  fault?: string;
  placeholder?: string;
  className?: string;
}

/** A name that may be typed or taken from those that there are. */
export function NameSuggest(props: NameSuggestProps) {
  const { label, names = [], value, onChange, onPick, hint, fault, placeholder, className = "" } = props;
  return (
    <Field label={label} hint={hint} fault={fault}>
      {(control) => (
        <AutoComplete
          {...control}
          className={`rd-mono ${className}`}
          allowClear
          value={value}
          options={names.map((name) => ({ value: name, title: name, label: <span className="rd-mono">{name}</span> }))}
          onChange={(name?: string) => onChange(name ?? "")}
          onSelect={(name?: string) => onPick?.(name ?? "")}
          placeholder={placeholder}
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

interface TopicSuggestProps extends Omit<NameSuggestProps, "names"> {
  instanceId: string;
  /** Only those that people made. */
  normalOnly?: boolean;
}

export function TopicSuggest({ instanceId, normalOnly = false, ...field }: TopicSuggestProps) {
  const { input, ...options } = useNamesLike(instanceId, field.value);
  const kind = normalOnly ? ("normal" as const) : undefined;
  const { data } = useQuery(api.topic.suggest.queryOptions({ input: { ...input, kind }, ...options }));
  return <NameSuggest names={data} {...field} />;
}

/** Any consumer group; `unread` is the hint where some brokers did not tell theirs. */
export function GroupSuggest(props: Omit<NameSuggestProps, "names"> & { instanceId: string; unread?: string }) {
  const { instanceId, unread, hint, ...field } = props;
  const { data } = useQuery(api.group.suggest.queryOptions(useNamesLike(instanceId, field.value)));
  const isUnread = (data?.failures.length ?? 0) > 0;
  return <NameSuggest names={data?.names} {...field} hint={isUnread ? (unread ?? hint) : hint} />;
}
