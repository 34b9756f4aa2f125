import DownOutlined from "@ant-design/icons/es/icons/DownOutlined";
import { useMutation } from "@tanstack/react-query";
import { Button, Dropdown, notification } from "antd";
import type { TableFormat } from "#contract/list.ts";
import { useT } from "../lib/i18n.ts";
import { problemOf } from "../lib/problem.ts";
import { saveFile } from "../lib/save-file.ts";
import { useProblemWords } from "./error-state.tsx";

interface ExportButtonProps {
  /** Asks the API for the file. */
  file: (format: TableFormat) => Promise<File>;
  small?: boolean;
  disabled?: boolean;
}

const formats: TableFormat[] = ["csv", "xlsx"];

const FAILED = "export-failed";

/** Saves what a list shows, or what is selected in it, as CSV or Excel. */
export function ExportButton({ file, small = false, disabled = false }: ExportButtonProps) {
  const t = useT();
  const words = useProblemWords();
  const [notice, holder] = notification.useNotification();
  const save = useMutation({
    mutationFn: file,
    onMutate: () => notice.destroy(FAILED),
    onSuccess: (saved) => saveFile(saved),
    onError: (error) => {
      const { what, todo } = words(problemOf(error));
      // It stays until it was read, and leaves the button free for the next try.
      notice.error({ key: FAILED, title: what, description: todo, duration: 0, placement: "bottomRight" });
    },
  });
  return (
    <>
      {holder}
      <Dropdown
        trigger={["click"]}
        disabled={disabled || save.isPending}
        menu={{
          items: formats.map((key) => ({ key, label: t(`export.${key}`) })),
          onClick: ({ key }) => {
            const format = formats.find((known) => known === key);
            if (format !== undefined) save.mutate(format);
          },
        }}
      >
        <Button size={small ? "small" : undefined} loading={save.isPending} disabled={disabled} aria-haspopup="menu">
          {t("export.action")} <DownOutlined />
        </Button>
      </Dropdown>
    </>
  );
}
