import { Button } from "antd";
import { lazy, Suspense, useState } from "react";
import { useT } from "../../../lib/i18n.ts";
import { useCan } from "../../../lib/session.ts";
import type { DeadLetterActionsProps } from "../dead-letter/dead-letter-parts.ts";

const ResendDrawer = lazy(() => import("./resend-drawer.tsx").then((m) => ({ default: m.ResendDrawer })));

/** Sends the dead letters that are selected, or all of the time shown, once more. */
export function LettersAction({ instanceId, group, selected, filter, onDone }: DeadLetterActionsProps) {
  const t = useT("resend");
  const maySend = useCan("message:send");
  const [open, setOpen] = useState<"selected" | "all">();
  if (!maySend) return null;
  const places = selected.map(({ brokerName, queueId, queueOffset }) => ({ brokerName, queueId, queueOffset }));
  const close = () => {
    setOpen(undefined);
    onDone();
  };
  return (
    <>
      {places.length === 0 ? null : (
        <Button onClick={() => setOpen("selected")}>{t("resendSelected", { count: places.length })}</Button>
      )}
      {places.length > 0 ? null : (
        <Button size="small" onClick={() => setOpen("all")}>
          {t("resendAll")}
        </Button>
      )}
      <Suspense fallback={null}>
        {open === undefined ? null : (
          <ResendDrawer
            instanceId={instanceId}
            group={group}
            {...(open === "selected" ? { places } : filter)}
            onClose={close}
          />
        )}
      </Suspense>
    </>
  );
}
