import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { AutoComplete } from "antd";
import { useEffect, useEffectEvent, useRef, useState, type KeyboardEvent, type ReactNode } from "react";
import { api } from "../lib/api.ts";
import { includesName } from "../lib/includes-name.ts";
import { useSettled } from "../lib/settled.ts";
import { Field } from "./field.tsx";
import { Name } from "./name.tsx";

const OFFERED = 50;

/** What asks for names that fit what is typed, once it rests. */
function useNamesLike(instanceId: string, typed: string) {
  const search = useSettled(typed.trim());
  const options = { placeholderData: keepPreviousData, staleTime: 30_000 };
  return { input: { instanceId, search, limit: OFFERED }, options, rests: search === typed.trim() };
}

interface NameSuggestProps {
  label: string;
  /** Those that there are. */
  names: string[] | undefined;
  /** The names are not yet those for what is typed. */
  pending?: boolean;
  value: string;
  onChange: (name: string) => void;
  /** A name was taken: one of those offered, or by Enter what is typed where none has it. */
  onPick?: (name: string) => void;
  hint?: ReactNode;
  fault?: string;
  placeholder?: string;
  className?: string;
}

/**
 * A name that may be typed or taken from those that there are. Enter takes the one that is meant: the very name, else the first that has what
 * is typed; where they are still asked for, once they are there.
 */
export function NameSuggest(props: NameSuggestProps) {
  const {
    label,
    names = [],
    pending = false,
    value,
    onChange,
    onPick,
    hint,
    fault,
    placeholder,
    className = "",
  } = props;
  const [open, setOpen] = useState(false);
  /** Enter was pressed before the names were there. */
  const waits = useRef(false);
  const moved = useRef(false);
  const form = useRef<HTMLFormElement | null>(null);
  const typed = value.trim();
  const offered = names
    .filter((name) => includesName(name, typed))
    .sort((a, b) => Number(b === typed) - Number(a === typed));
  const takeMeant = (): void => {
    const name = offered[0] ?? typed;
    waits.current = false;
    if (name !== value) onChange(name);
    if (onPick !== undefined) onPick(name);
    else if (name === typed) form.current?.requestSubmit();
  };
  const onNames = useEffectEvent(() => {
    if (waits.current) takeMeant();
  });
  useEffect(() => {
    if (!pending) onNames();
  }, [pending]);
  const onKey = (event: KeyboardEvent<HTMLElement>): void => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") moved.current = true;
    if (event.key !== "Enter" || event.nativeEvent.isComposing || typed === "" || (open && moved.current)) return;
    event.preventDefault();
    event.stopPropagation();
    setOpen(false);
    form.current = event.currentTarget.closest("form");
    waits.current = pending;
    if (!pending) takeMeant();
  };
  return (
    <Field label={label} hint={hint} fault={fault}>
      {(control) => (
        <div className="rd-stretched" onKeyDownCapture={onKey}>
          <AutoComplete
            {...control}
            className={`rd-mono ${className}`}
            allowClear
            value={value}
            open={open}
            onOpenChange={setOpen}
            options={offered.map((name) => ({
              value: name,
              title: name,
              label: <Name value={name} />,
            }))}
            onChange={(name?: string) => {
              moved.current = false;
              waits.current = false;
              onChange(name ?? "");
            }}
            onSelect={(name?: string) => onPick?.(name ?? "")}
            placeholder={placeholder}
            status={fault === undefined ? "" : "error"}
            popupMatchSelectWidth={false}
          />
        </div>
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
  const { input, options, rests } = useNamesLike(instanceId, field.value);
  const kind = normalOnly ? ("normal" as const) : undefined;
  const { data, isFetching } = useQuery(api.topic.suggest.queryOptions({ input: { ...input, kind }, ...options }));
  return <NameSuggest names={data} pending={!rests || isFetching} {...field} />;
}

/** Any consumer group; `unread` is the hint where some brokers did not tell theirs. */
export function GroupSuggest(props: Omit<NameSuggestProps, "names"> & { instanceId: string; unread?: string }) {
  const { instanceId, unread, hint, ...field } = props;
  const { input, options, rests } = useNamesLike(instanceId, field.value);
  const { data, isFetching } = useQuery(api.group.suggest.queryOptions({ input, ...options }));
  const isUnread = (data?.failures.length ?? 0) > 0;
  return (
    <NameSuggest
      names={data?.names}
      pending={!rests || isFetching}
      {...field}
      hint={isUnread ? (unread ?? hint) : hint}
    />
  );
}
