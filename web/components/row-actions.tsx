import DeleteOutlined from "@ant-design/icons/es/icons/DeleteOutlined";
import EditOutlined from "@ant-design/icons/es/icons/EditOutlined";
import { Button } from "antd";
import { useT } from "../lib/i18n.ts";
import "./row-actions.css";

interface RowAction {
  /** With the name of what it acts on. */
  label: string;
  onClick: () => void;
}

/** Edit and delete of a row, as far as the person may. */
export function RowActions({ edit, remove }: { edit?: RowAction | false; remove?: RowAction | false }) {
  const t = useT();
  return (
    <span className="rd-row-actions">
      {edit ? (
        <Button
          size="small"
          type="text"
          icon={<EditOutlined />}
          title={t("edit")}
          aria-label={edit.label}
          onClick={edit.onClick}
        />
      ) : null}
      {remove ? (
        <Button
          size="small"
          type="text"
          icon={<DeleteOutlined />}
          title={t("delete")}
          aria-label={remove.label}
          onClick={remove.onClick}
        />
      ) : null}
    </span>
  );
}
