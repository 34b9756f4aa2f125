import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Button, Modal } from "antd";
import type { SessionItem } from "#contract/session.ts";
import { ErrorState } from "../../components/error-state.tsx";
import { Label } from "../../components/state-tag.tsx";
import { PanelSkeleton } from "../../components/table-skeleton.tsx";
import { Time } from "../../components/time.tsx";
import { api } from "../../lib/api.ts";
import { useT } from "../../lib/i18n.ts";

/** Where one is signed in, and the way to end it. */
export function SessionList({ onClose }: { onClose: () => void }) {
  const t = useT("session");
  const queryClient = useQueryClient();
  const sessions = useQuery(api.session.sessions.queryOptions());
  const revoke = useMutation(
    api.session.revoke.mutationOptions({
      onSettled: () => queryClient.invalidateQueries({ queryKey: api.session.sessions.key() }),
    }),
  );
  return (
    <Modal open title={t("sessions.title")} onCancel={onClose} footer={null} width={640}>
      {sessions.isPending ? <PanelSkeleton label={t("common:loading")} /> : null}
      {sessions.error ? <ErrorState error={sessions.error} onRetry={() => void sessions.refetch()} inline /> : null}
      {revoke.error ? <ErrorState error={revoke.error} inline /> : null}
      <ul className="rd-sessions">
        {sessions.data?.items.map((session) => (
          <SessionRow
            key={session.id}
            session={session}
            busy={revoke.isPending}
            onRevoke={() => revoke.mutate({ sessionId: session.id })}
          />
        ))}
      </ul>
    </Modal>
  );
}

function SessionRow({ session, busy, onRevoke }: { session: SessionItem; busy: boolean; onRevoke: () => void }) {
  const t = useT("session");
  return (
    <li>
      <div>
        <strong className="rd-mono">{session.address ?? t("sessions.unknownAddress")}</strong>{" "}
        {session.current ? <Label>{t("sessions.current")}</Label> : null}
        <p className="rd-quiet rd-ellipsis" title={session.userAgent ?? undefined}>
          {session.userAgent ?? ""}
        </p>
        <p className="rd-quiet">
          {t("sessions.since")} <Time at={session.createdAt} relative /> · {t("sessions.until")}{" "}
          <Time at={session.expiresAt} relative />
        </p>
      </div>
      {session.current ? null : (
        <Button size="small" danger disabled={busy} onClick={onRevoke}>
          {t("sessions.revoke")}
        </Button>
      )}
    </li>
  );
}
