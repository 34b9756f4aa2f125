import DeleteOutlined from "@ant-design/icons/es/icons/DeleteOutlined";
import PlusOutlined from "@ant-design/icons/es/icons/PlusOutlined";
import { Button, Input } from "antd";
import { INSTANCE_TAGS_MAX } from "#contract/rules/limits.ts";
import { FieldGroup } from "../../components/field.tsx";
import { Label } from "../../components/state-tag.tsx";
import { useT } from "../../lib/i18n.ts";

export type TagRow = [key: string, value: string];

export const TagList = ({ tags }: { tags: Record<string, string> }) => (
  <span className="rd-tags">
    {Object.entries(tags).map(([key, value]) => (
      <Label key={key}>{value === "" ? key : `${key}=${value}`}</Label>
    ))}
  </span>
);

/** Rows without a key and a value count as not there. */
export const usedRows = (rows: readonly TagRow[]) =>
  rows.filter(([key, value]) => key.trim() !== "" || value.trim() !== "");

export const tagsOf = (rows: readonly TagRow[]): Record<string, string> =>
  Object.fromEntries(usedRows(rows).map(([key, value]) => [key.trim(), value.trim()]));

/** Key of the text that says what is wrong with the tags. */
export function tagFault(rows: readonly TagRow[]): "keyMissing" | "keyTwice" | undefined {
  const keys = usedRows(rows).map(([key]) => key.trim());
  if (keys.includes("")) return "keyMissing";
  return new Set(keys).size < keys.length ? "keyTwice" : undefined;
}

/** Up to 20 pairs of key and value, a key only once. */
export function TagsField({ rows, onChange }: { rows: TagRow[]; onChange: (rows: TagRow[]) => void }) {
  const t = useT("instance");
  const fault = tagFault(rows);
  const set = (index: number, row: TagRow) => onChange(rows.map((old, i) => (i === index ? row : old)));
  return (
    <FieldGroup
      label={t("field.tags")}
      hint={t("tags.rule", { max: INSTANCE_TAGS_MAX })}
      fault={fault === undefined ? undefined : t(`tags.${fault}`)}
    >
      {rows.map(([key, value], index) => (
        <div key={index} className="rd-tag-row">
          <Input
            aria-label={t("tags.key", { n: index + 1 })}
            placeholder={t("tags.keyHint")}
            value={key}
            maxLength={64}
            onChange={(event) => set(index, [event.target.value, value])}
          />
          <Input
            aria-label={t("tags.value", { n: index + 1 })}
            placeholder={t("tags.valueHint")}
            value={value}
            maxLength={128}
            onChange={(event) => set(index, [key, event.target.value])}
          />
          <Button
            type="text"
            icon={<DeleteOutlined aria-hidden />}
            aria-label={t("tags.remove", { n: index + 1 })}
            title={t("tags.remove", { n: index + 1 })}
            onClick={() => onChange(rows.filter((_, i) => i !== index))}
          />
        </div>
      ))}
      <span>
        <Button
          size="small"
          icon={<PlusOutlined aria-hidden />}
          disabled={rows.length >= INSTANCE_TAGS_MAX}
          onClick={() => onChange([...rows, ["", ""]])}
        >
          {t("tags.add")}
        </Button>
      </span>
    </FieldGroup>
  );
}
