import { Link } from "@tanstack/react-router";
import { Drawer } from "antd";
import { useReturnFocus } from "../../components/return-focus.ts";
import { useT } from "../../lib/i18n.ts";
import { MessageDetailView } from "./message-detail-view.tsx";
import type { MessageParts } from "./message-parts.ts";

interface MessageDrawerProps {
  instanceId: string;
  /** As `message-ref.ts` writes it. */
  message: string;
  group: string | undefined;
  parts: MessageParts;
  /** Another message of the same queue. */
  onMove: (ref: string) => void;
  onClose: () => void;
}

/** A message beside the list that it was found in. */
export function MessageDrawer({ instanceId, message, group, parts, onMove, onClose }: MessageDrawerProps) {
  const t = useT("message");
  useReturnFocus();
  return (
    <Drawer
      open
      onClose={onClose}
      size={880}
      title={t("message")}
      extra={
        <Link to="/instances/$instanceId/messages/$message" params={{ instanceId, message }} search={{ group }}>
          {t("ownPage")}
        </Link>
      }
    >
      <MessageDetailView instanceId={instanceId} message={message} group={group} onMove={onMove} parts={parts} />
    </Drawer>
  );
}
