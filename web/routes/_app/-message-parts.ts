import type { MessageParts } from "../../features/message/message-parts.ts";

/** What the features beside it bring to the page of a message. */
export const messageParts: MessageParts = { actions: [], sections: [] };
