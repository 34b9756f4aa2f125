import { Suspense, lazy, type ReactNode } from "react";

const ConfirmModal = lazy(() => import("./confirm-modal.tsx").then((m) => ({ default: m.ConfirmModal })));

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

/** Asks before something is lost: says what will happen and wants the name typed. */
export function ConfirmByName(props: ConfirmByNameProps) {
  if (!props.open) return null;
  return (
    <Suspense fallback={null}>
      <ConfirmModal {...props} />
    </Suspense>
  );
}
