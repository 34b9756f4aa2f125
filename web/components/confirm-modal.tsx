import { Button, Input, Modal } from "antd";
import { useState, type ReactNode } from "react";
import { useT } from "../lib/i18n.ts";
import { ErrorState } from "./error-state.tsx";
import "./confirm-modal.css";

export interface ConfirmByNameProps {
  open: boolean;
  title: string;
  /** What has to be typed; without it the button alone confirms. */
  name?: string;
  /** What will happen, before it happens. */
  children: ReactNode;
  confirmText: string;
  /** False while something forbids it, e.g. clients are online. */
  allowed?: boolean;
  onConfirm: () => Promise<unknown>;
  onClose: () => void;
}

/** The dialog of ConfirmByName; a chunk of its own, loaded when something is to be confirmed. */
export function ConfirmModal(props: ConfirmByNameProps) {
  return (
    <Modal open={props.open} onCancel={props.onClose} title={props.title} footer={null} destroyOnHidden>
      <ConfirmForm {...props} />
    </Modal>
  );
}

function ConfirmForm({ name, children, confirmText, allowed = true, onConfirm, onClose }: ConfirmByNameProps) {
  const t = useT();
  const [typed, setTyped] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const ready = allowed && (name === undefined || typed.trim() === name);
  const confirm = async (): Promise<void> => {
    setBusy(true);
    setError(undefined);
    try {
      await onConfirm();
      onClose();
    } catch (caught) {
      setError(caught);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form
      className="rd-confirm"
      onSubmit={(event) => {
        event.preventDefault();
        if (ready && !busy) void confirm();
      }}
    >
      {children}
      {name === undefined ? null : (
        <label className="rd-field">
          <span>{t("typeName", { name })}</span>
          <Input
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
            autoComplete="off"
            spellCheck={false}
            className="rd-mono"
            disabled={!allowed}
          />
        </label>
      )}
      {error === undefined ? null : <ErrorState error={error} inline />}
      <div className="rd-buttons">
        <Button onClick={onClose}>{t("cancel")}</Button>
        <Button type="primary" danger htmlType="submit" disabled={!ready} loading={busy}>
          {confirmText}
        </Button>
      </div>
    </form>
  );
}
