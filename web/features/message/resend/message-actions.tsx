import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { lazy, Suspense, useState } from "react";
import type { MessageDetail } from "#contract/message.ts";
import { DLQ_PREFIX } from "#contract/rules/names.ts";
import { api } from "../../../lib/api.ts";
import { useFormat } from "../../../lib/format.ts";
import { useT } from "../../../lib/i18n.ts";
import { useCan } from "../../../lib/session.ts";
import type { MessagePartProps } from "../message-parts.ts";
import { ResentLink } from "./resent-link.tsx";

const CopyDrawer = lazy(() => import("./copy-drawer.tsx").then((m) => ({ default: m.CopyDrawer })));
const ResendDrawer = lazy(() => import("./resend-drawer.tsx").then((m) => ({ default: m.ResendDrawer })));

const groupOf = ({ topic }: MessageDetail) =>
  topic.startsWith(DLQ_PREFIX) ? topic.slice(DLQ_PREFIX.length) : undefined;

/** What can be sent of a message: a copy, and a dead letter once more; of one that was, when and by whom. */
export function SendActions({ instanceId, detail }: MessagePartProps) {
  const t = useT("resend");
  const maySend = useCan("message:send");
  const [open, setOpen] = useState<"copy" | "resend">();
  const group = groupOf(detail);
  const { brokerName, queueId, queueOffset } = detail;
  const close = () => setOpen(undefined);
  return (
    <>
      {maySend && group !== undefined ? (
        <Button size="small" onClick={() => setOpen("resend")}>
          {t("resendThis")}
        </Button>
      ) : null}
      {maySend ? (
        <Button size="small" onClick={() => setOpen("copy")}>
          {t("copy.button")}
        </Button>
      ) : null}
      {group === undefined ? null : <ResentNote instanceId={instanceId} group={group} detail={detail} />}
      <Suspense fallback={null}>
        {open === "copy" ? <CopyDrawer instanceId={instanceId} detail={detail} onClose={close} /> : null}
        {open === "resend" && group !== undefined ? (
          <ResendDrawer
            instanceId={instanceId}
            group={group}
            places={[{ brokerName, queueId, queueOffset }]}
            onClose={close}
          />
        ) : null}
      </Suspense>
    </>
  );
}

function ResentNote({ instanceId, group, detail }: { instanceId: string; group: string; detail: MessageDetail }) {
  const t = useT("resend");
  const format = useFormat();
  const { brokerName, queueId, queueOffset } = detail;
  const places = [{ brokerName, queueId, queueOffset }];
  const { data } = useQuery(api.resend.known.queryOptions({ input: { instanceId, group, places } }));
  const [known] = data?.items ?? [];
  if (known === undefined) return null;
  const text = t(`resentBefore.${known.state}`, { by: known.by, time: format.time(known.at), topic: known.target });
  return (
    <span className="rd-quiet">
      {text} <ResentLink instanceId={instanceId} known={known} />
    </span>
  );
}
