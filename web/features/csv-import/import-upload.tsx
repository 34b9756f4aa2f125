import FileAddOutlined from "@ant-design/icons/es/icons/FileAddOutlined";
import { useMutation } from "@tanstack/react-query";
import { Button } from "antd";
import { useId, useState } from "react";
import type { ImportCheck } from "#contract/csv-import.ts";
import { IMPORT_MAX_BYTES, IMPORT_MAX_ROWS } from "#contract/rules/limits.ts";
import { ErrorState } from "../../components/error-state.tsx";
import { useFormat } from "../../lib/format.ts";
import { useT } from "../../lib/i18n.ts";
import { problemOf } from "../../lib/problem.ts";
import { saveFile } from "../../lib/save-file.ts";
import { importOf, type Imported } from "./import-api.ts";

interface ImportUploadProps {
  instanceId: string;
  what: Imported;
  onChecked: (check: ImportCheck) => void;
}

const MEBI = 1024 * 1024;

/** Takes a file by choice or by drop, both of which its input does by itself; it is checked at once and nothing is written. */
export function ImportUpload({ instanceId, what, onChecked }: ImportUploadProps) {
  const t = useT("csv-import");
  const format = useFormat();
  const [over, setOver] = useState(false);
  const noteId = useId();
  const { calls, columns, others } = importOf[what];
  const check = useMutation({
    mutationFn: (file: File) => calls.check({ instanceId, file }),
    onSuccess: onChecked,
  });
  const template = useMutation({ mutationFn: () => calls.template(), onSuccess: (file) => saveFile(file) });
  const [tooLarge, setTooLarge] = useState<string>();
  const take = (file: File | undefined) => {
    if (file === undefined || check.isPending) return;
    check.reset();
    const large = file.size > IMPORT_MAX_BYTES;
    setTooLarge(large ? file.name : undefined);
    if (!large) check.mutate(file);
  };
  return (
    <div className="rd-import-upload">
      <label className="rd-drop" data-over={over} aria-busy={check.isPending}>
        <FileAddOutlined aria-hidden="true" />
        <span className="rd-drop-title">{check.isPending ? t("checking") : t("drop")}</span>
        <span className="rd-quiet" id={noteId}>
          {t("dropNote", { size: IMPORT_MAX_BYTES / MEBI, rows: format.number(IMPORT_MAX_ROWS) })}
        </span>
        <input
          type="file"
          accept=".csv,text/csv,text/plain"
          aria-label={t("choose")}
          aria-describedby={noteId}
          disabled={check.isPending}
          onDragEnter={() => setOver(true)}
          onDragLeave={() => setOver(false)}
          onDrop={() => setOver(false)}
          onChange={(event) => {
            take(event.target.files?.[0]);
            // The same file, mended, may be chosen again.
            event.target.value = "";
          }}
        />
      </label>
      {tooLarge === undefined ? null : (
        <FileFault text={t("file.tooLarge", { name: tooLarge, size: IMPORT_MAX_BYTES / MEBI })} />
      )}
      {check.error ? <CheckError error={check.error} /> : null}
      <section className="rd-card">
        <h2>{t("columns")}</h2>
        <dl className="rd-import-columns">
          {columns.map((column) => (
            <div key={column}>
              <dt className="rd-mono">{column}</dt>
              <dd>{column === "Order" ? t(`${what}.orderText`) : t(`columnText.${column}`)}</dd>
            </div>
          ))}
          <div>
            <dt className="rd-mono">{others}</dt>
            <dd>{t("columnText.others")}</dd>
          </div>
        </dl>
        <p className="rd-quiet">{t(`${what}.note`)}</p>
        <Button loading={template.isPending} onClick={() => template.mutate()}>
          {t("template")}
        </Button>
        {template.error ? <ErrorState error={template.error} inline /> : null}
      </section>
    </div>
  );
}

const FileFault = ({ text }: { text: string }) => (
  <p className="rd-note" data-tone="bad" role="alert">
    {text}
  </p>
);

/** What is wrong with the file itself is told in one sentence; anything else as the problem that it is. */
function CheckError({ error }: { error: Error }) {
  const t = useT("csv-import");
  const { code, data } = problemOf(error);
  const key = data.issues?.[0]?.message;
  if (code !== "CSV_UNREADABLE" || key === undefined) return <ErrorState error={error} inline />;
  return <FileFault text={t(`file.${key}`, { ...data.params })} />;
}
