import SettingOutlined from "@ant-design/icons/es/icons/SettingOutlined";
import { Button, Checkbox, Popover } from "antd";
import { useState } from "react";
import { useT } from "../lib/i18n.ts";
import { keep, kept } from "../lib/store.ts";
import "./column-choice.css";

export interface HiddenColumns {
  keys: Set<string>;
  toggle: (key: string) => void;
}

/** Columns that the reader hid in the list `id`, kept in this browser; until they choose, those that begin hidden. */
export function useHiddenColumns(id: string, hiddenFirst = ""): HiddenColumns {
  const [keys, setKeys] = useState(() => new Set((kept(`columns.${id}`) ?? hiddenFirst).split(",").filter(Boolean)));
  const toggle = (key: string): void => {
    const next = new Set(keys);
    if (!next.delete(key)) next.add(key);
    setKeys(next);
    keep(`columns.${id}`, [...next].join(","));
  };
  return { keys, toggle };
}

interface ColumnChoiceProps {
  columns: { key: string; hideable?: string }[];
  hidden: HiddenColumns;
}

export function ColumnChoice({ columns, hidden }: ColumnChoiceProps) {
  const t = useT();
  const choice = columns.flatMap(({ key, hideable }) => (hideable === undefined ? [] : [{ key, name: hideable }]));
  if (choice.length === 0) return null;
  const content = (
    <div className="rd-column-choice">
      {choice.map(({ key, name }) => (
        <Checkbox key={key} checked={!hidden.keys.has(key)} onChange={() => hidden.toggle(key)}>
          {name}
        </Checkbox>
      ))}
    </div>
  );
  return (
    <Popover trigger="click" placement="bottomRight" content={content}>
      <Button size="small" icon={<SettingOutlined />} aria-label={t("list.columns")} title={t("list.columns")} />
    </Popover>
  );
}
