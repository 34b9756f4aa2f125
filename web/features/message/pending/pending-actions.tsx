import { Button } from "antd";
import { lazy, Suspense, useState, type ComponentType } from "react";
import { useT } from "../../../lib/i18n.ts";
import { useCan } from "../../../lib/session.ts";
import type { MessagePartProps } from "../message-parts.ts";
import type { AboutMessage } from "./recall-drawer.tsx";

const RecallDrawer = lazy(() => import("./recall-drawer.tsx").then((m) => ({ default: m.RecallDrawer })));
const ResumeDrawer = lazy(() => import("./resume-drawer.tsx").then((m) => ({ default: m.ResumeDrawer })));

const DISCARDED = "TRANS_CHECK_MAX_TIME_TOPIC";

/** What can be done with a message that waits: taken back before its time, or asked about once more. */
export function PendingAction({ instanceId, detail }: MessagePartProps) {
  const t = useT("pending");
  const mayRecall = useCan("message:recall");
  const mayResume = useCan("message:resume");
  if (mayRecall && detail.stage === "timed")
    return <Act text={t("recall.action")} Drawer={RecallDrawer} instanceId={instanceId} message={detail} />;
  if (mayResume && detail.topic === DISCARDED)
    return <Act text={t("resume.action")} Drawer={ResumeDrawer} instanceId={instanceId} message={detail} />;
  return null;
}

function Act({
  text,
  Drawer,
  ...about
}: Omit<AboutMessage, "onClose"> & { text: string; Drawer: ComponentType<AboutMessage> }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button size="small" onClick={() => setOpen(true)}>
        {text}
      </Button>
      <Suspense fallback={null}>{open ? <Drawer {...about} onClose={() => setOpen(false)} /> : null}</Suspense>
    </>
  );
}
