import { useBlocker, type ShouldBlockFn } from "@tanstack/react-router";
import { Modal } from "antd";
import { useCallback, useRef, useState, type ReactNode } from "react";
import { useT } from "../lib/i18n.ts";

interface DiscardQuestion {
  /** Closes, after the question where something would be lost. */
  close: () => void;
  /** Closes without it. */
  leave: () => void;
  /** Does something that may lead elsewhere by itself. */
  unasked: <T>(work: () => Promise<T>) => Promise<T>;
  question: ReactNode;
}

/** What a drawer is open by: nothing else of the URL closes it. */
const placeOf = ({ pathname, search }: { pathname: string; search: object }): string => {
  const drawer: { open?: unknown; of?: unknown } = search;
  return JSON.stringify([pathname, drawer.open, drawer.of]);
};

/** Asks before what was typed is lost, by whatever way: closing, a link, Back, a reload. */
export function useDiscardQuestion(dirty: boolean, onClose: () => void): DiscardQuestion {
  const t = useT();
  const allowed = useRef(false);
  const [asking, setAsking] = useState(false);
  const asks = useCallback(() => !allowed.current, []);
  const shouldBlockFn: ShouldBlockFn = useCallback(
    ({ current, next }) => asks() && placeOf(current) !== placeOf(next),
    [asks],
  );
  const blocker = useBlocker({ shouldBlockFn, enableBeforeUnload: asks, disabled: !dirty, withResolver: true });
  const leave = (): void => {
    allowed.current = true;
    onClose();
  };
  return {
    close: () => (dirty ? setAsking(true) : leave()),
    leave,
    unasked: async (work) => {
      allowed.current = true;
      try {
        return await work();
      } finally {
        allowed.current = false;
      }
    },
    question: (
      <Modal
        open={asking || blocker.status === "blocked"}
        title={t("write.discardTitle")}
        okText={t("write.discard")}
        okButtonProps={{ danger: true }}
        cancelText={t("write.keepEditing")}
        onCancel={() => {
          setAsking(false);
          blocker.reset?.();
        }}
        onOk={() => {
          setAsking(false);
          if (blocker.status === "blocked") blocker.proceed();
          else leave();
        }}
      >
        {t("write.discardText")}
      </Modal>
    ),
  };
}
