import { Button } from "antd";
import { lazy, Suspense, useState } from "react";
import { useT } from "../../../lib/i18n.ts";
import { useCan } from "../../../lib/session.ts";
import type { MessagePartProps } from "../message-parts.ts";
import { isWaiting } from "../message-words.tsx";

const PushDrawer = lazy(() => import("./push-drawer.tsx").then((m) => ({ default: m.PushDrawer })));

/** Gives the message to a client that is online. */
export function PushAction({ instanceId, detail, group }: MessagePartProps) {
  const t = useT("push");
  const may = useCan("message:push");
  const [open, setOpen] = useState(false);
  // No client subscribes to where it waits: there is nobody who could be given it.
  if (!may || isWaiting(detail.stage)) return null;
  return (
    <>
      <Button size="small" onClick={() => setOpen(true)}>
        {t("action")}
      </Button>
      <Suspense fallback={null}>
        {open ? (
          <PushDrawer instanceId={instanceId} detail={detail} group={group} onClose={() => setOpen(false)} />
        ) : null}
      </Suspense>
    </>
  );
}
