import { lazy } from "react";
import type { MessageParts } from "../../features/message/message-parts.ts";

const OriginalSection = lazy(() =>
  import("../../features/message/dead-letter/original-section.tsx").then((m) => ({ default: m.OriginalSection })),
);
const TraceSection = lazy(() =>
  import("../../features/message/trace/trace-section.tsx").then((m) => ({ default: m.TraceSection })),
);

const PushAction = lazy(() =>
  import("../../features/message/push/push-action.tsx").then((m) => ({ default: m.PushAction })),
);
const PendingAction = lazy(() =>
  import("../../features/message/pending/pending-actions.tsx").then((m) => ({ default: m.PendingAction })),
);
const WouldMatchSection = lazy(() =>
  import("../../features/message/scan/would-match.tsx").then((m) => ({ default: m.WouldMatchSection })),
);
const SendActions = lazy(() =>
  import("../../features/message/resend/message-actions.tsx").then((m) => ({ default: m.SendActions })),
);

/** What the features beside it bring to the page of a message. */
export const messageParts: MessageParts = {
  actions: [PushAction, SendActions, PendingAction],
  sections: [OriginalSection, TraceSection, WouldMatchSection],
};
