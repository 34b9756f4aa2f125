import { lazy } from "react";
import type { MessageParts } from "../../features/message/message-parts.ts";

const TraceSection = lazy(() =>
  import("../../features/message/trace/trace-section.tsx").then((m) => ({ default: m.TraceSection })),
);

/** What the features beside it bring to the page of a message. */
export const messageParts: MessageParts = { actions: [], sections: [TraceSection] };
