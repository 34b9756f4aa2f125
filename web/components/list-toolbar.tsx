import SearchOutlined from "@ant-design/icons/es/icons/SearchOutlined";
import { Input, Select } from "antd";
import { useEffect, useRef, useState, type ReactNode } from "react";
import { useT } from "../lib/i18n.ts";
import { useFormat } from "../lib/format.ts";
import type { ListSearch } from "../lib/search.ts";
import { ColumnChoice, type HiddenColumns } from "./column-choice.tsx";
import { RefreshControl, type OnEvery } from "./refresh-control.tsx";
import { Toolbar } from "./toolbar.tsx";
import "./list-toolbar.css";

/** A filter of a list: one value of a few, under `key` in the URL. */
export interface ListFilter {
  key: string;
  label: string;
  options: { value: string; label: string }[];
}

interface ListToolbarProps {
  search: string | undefined;
  searchFor: string | undefined;
  filters: ListFilter[];
  values: Record<string, unknown>;
  patch: (changes: Partial<ListSearch> & Record<string, unknown>) => void;
  at: number | undefined;
  total: number | undefined;
  everySeconds: number | undefined;
  usualSeconds: number | undefined;
  onEvery: OnEvery;
  refreshing: boolean;
  /** Without it there is nothing to refresh. */
  onRefresh: (() => void) | undefined;
  columns: { key: string; hideable?: string }[];
  hidden: HiddenColumns;
  extra: ReactNode;
}

/** One line over a list: search and filters on the left, freshness and columns on the right. */
export function ListToolbar(props: ListToolbarProps) {
  const t = useT();
  const format = useFormat();
  const { filters, values, patch } = props;
  return (
    <Toolbar
      right={
        <>
          {props.onRefresh ? (
            <RefreshControl
              at={props.at}
              everySeconds={props.everySeconds}
              usualSeconds={props.usualSeconds}
              refreshing={props.refreshing}
              onRefresh={props.onRefresh}
              onEvery={props.onEvery}
            />
          ) : null}
          <ColumnChoice columns={props.columns} hidden={props.hidden} />
          {props.extra}
        </>
      }
    >
      {props.searchFor ? (
        <SearchBox
          value={props.search ?? ""}
          placeholder={props.searchFor}
          onChange={(search) => patch({ search: search || undefined })}
        />
      ) : null}
      {filters.map((filter) => (
        <Select
          key={filter.key}
          size="small"
          className="rd-filter"
          data-on={values[filter.key] !== undefined}
          allowClear
          aria-label={filter.label}
          placeholder={filter.label}
          popupMatchSelectWidth={false}
          options={filter.options}
          value={typeof values[filter.key] === "string" ? values[filter.key] : undefined}
          onChange={(value: unknown) => patch({ [filter.key]: value })}
        />
      ))}
      <span className="rd-toolbar-count" role="status">
        {props.total === undefined ? "" : t("list.total", { count: props.total, total: format.number(props.total) })}
      </span>
    </Toolbar>
  );
}

/** Searches when typing pauses; Enter searches at once, "/" comes here from anywhere. */
function SearchBox({
  value,
  placeholder,
  onChange,
}: {
  value: string;
  placeholder: string;
  onChange: (value: string) => void;
}) {
  const [draft, setDraft] = useState(value);
  const [known, setKnown] = useState(value);
  const change = useRef(onChange);
  const box = useRef<HTMLDivElement>(null);
  if (known !== value) {
    setKnown(value);
    setDraft(value);
  }
  useEffect(() => {
    change.current = onChange;
  });
  useEffect(() => {
    if (draft.trim() === value) return undefined;
    const timer = setTimeout(() => change.current(draft.trim()), 300);
    return () => clearTimeout(timer);
  }, [draft, value]);
  useEffect(() => {
    const focus = (event: KeyboardEvent): void => {
      const typing =
        event.target instanceof HTMLElement && event.target.closest("input, textarea, select, [contenteditable]");
      if (event.key !== "/" || typing) return;
      event.preventDefault();
      box.current?.querySelector("input")?.focus();
    };
    document.addEventListener("keydown", focus);
    return () => document.removeEventListener("keydown", focus);
  }, []);
  return (
    <div ref={box} className="rd-search" role="search">
      <Input
        size="small"
        allowClear
        prefix={<SearchOutlined aria-hidden="true" />}
        aria-label={placeholder}
        placeholder={placeholder}
        value={draft}
        maxLength={255}
        onChange={(event) => setDraft(event.target.value)}
        onPressEnter={() => onChange(draft.trim())}
      />
    </div>
  );
}
