import { useMutation } from "@tanstack/react-query";
import { Button, Segmented } from "antd";
import { useMemo, useState, type ReactNode } from "react";
import type { MessageBody, MessageDetail } from "#contract/message.ts";
import { CopyButton } from "../../components/copyable.tsx";
import { ErrorState } from "../../components/error-state.tsx";
import { client } from "../../lib/api.ts";
import { useFormat } from "../../lib/format.ts";
import { useT } from "../../lib/i18n.ts";
import { saveFile } from "../../lib/save-file.ts";
import { bodyModes, readBody, type BodyMode } from "./body-text.ts";
import { JsonView } from "./json-view.tsx";
import { TextView } from "./text-view.tsx";

type Layer = "unpacked" | "stored";

/** The body in the way it can be read best, every other way one click away, and the whole of it as a file. */
export function MessageBodySection({ instanceId, detail }: { instanceId: string; detail: MessageDetail }) {
  const t = useT("message");
  const { topic, brokerName, queueId, queueOffset } = detail;
  const save = useMutation({
    mutationFn: () => client.message.body({ instanceId, topic, brokerName, queueId, queueOffset }),
    onSuccess: (file) => saveFile(file),
  });
  const download = (
    <Button size="small" loading={save.isPending} onClick={() => save.mutate()}>
      {t("download")}
    </Button>
  );
  return (
    <>
      {detail.body === null ? (
        <p className="rd-note" data-tone="warn">
          {t("unreadable", { compression: detail.compression ?? "–" })} {download}
        </p>
      ) : (
        <BodyViewer key={detail.offsetMsgId + queueOffset} body={detail.body} download={download} />
      )}
      {save.error ? <ErrorState error={save.error} inline /> : null}
    </>
  );
}

function BodyViewer({ body, download }: { body: MessageBody; download: ReactNode }) {
  const t = useT("message");
  const format = useFormat();
  const [layer, setLayer] = useState<Layer>("unpacked");
  const bytes = layer === "unpacked" ? (body.unpacked ?? body) : body;
  const size = bytes.isLarger ? t("largerThan", { size: format.bytes(bytes.size) }) : format.bytes(bytes.size);
  const read = useMemo(() => readBody(bytes.base64), [bytes.base64]);
  const [choice, setChoice] = useState<BodyMode>();
  const modes = bodyModes.filter((mode) => mode === "hex" || mode === "base64" || read.textIn(mode) !== undefined);
  const mode = choice !== undefined && modes.includes(choice) ? choice : read.best;
  const text = useMemo(() => read.textIn(mode) ?? "", [read, mode]);
  return (
    <div className="rd-body">
      <div className="rd-body-head rd-message-body-head">
        <Segmented
          size="small"
          aria-label={t("bodyAs")}
          value={mode}
          onChange={setChoice}
          options={modes.map((value) => ({ value, label: t(`mode.${value}`) }))}
        />
        {body.unpacked ? (
          <Segmented
            size="small"
            aria-label={t("bodyLayer")}
            value={layer}
            onChange={setLayer}
            options={[
              { value: "unpacked" as const, label: t("layer.unpacked", { format: body.unpacked.format }) },
              { value: "stored" as const, label: t("layer.stored") },
            ]}
          />
        ) : null}
        <span className="rd-quiet rd-num">{size}</span>
        <span className="rd-message-body-actions">
          {download}
          <CopyButton value={text} />
        </span>
      </div>
      {bytes.truncated ? <p className="rd-message-cut">{t("truncated", { size })}</p> : null}
      {read.isTooDeep && mode === "text" ? <p className="rd-message-cut">{t("notIndented")}</p> : null}
      {mode === "json" ? <JsonView json={text} /> : <TextView text={text} />}
    </div>
  );
}
