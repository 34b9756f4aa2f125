import { Modal } from "antd";
import { ErrorState } from "../../components/error-state.tsx";
import { useT } from "../../lib/i18n.ts";
import { problemOf } from "../../lib/problem.ts";

interface SignOutFailedProps {
  error: unknown;
  onRetry: () => void;
  onClose: () => void;
}

/** Nobody may walk away from a session that goes on without being told. */
export function SignOutFailed({ error, onRetry, onClose }: SignOutFailedProps) {
  const t = useT("session");
  return (
    <Modal open title={t("signOutFailed.title")} onCancel={onClose} footer={null}>
      <ErrorState error={error} onRetry={onRetry} inline />
      {problemOf(error).code === "STORE_FAILED" ? <p>{t("signOutFailed.refused")}</p> : null}
    </Modal>
  );
}
