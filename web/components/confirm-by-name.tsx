import { Suspense, lazy } from "react";
import type { ConfirmByNameProps } from "./confirm-modal.tsx";

const ConfirmModal = lazy(() => import("./confirm-modal.tsx").then((m) => ({ default: m.ConfirmModal })));

/** Asks before something is lost: says what will happen and wants the name typed. */
export function ConfirmByName(props: ConfirmByNameProps) {
  if (!props.open) return null;
  return (
    <Suspense fallback={null}>
      <ConfirmModal {...props} />
    </Suspense>
  );
}
