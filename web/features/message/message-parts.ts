import type { ComponentType } from "react";
import type { MessageDetail } from "#contract/message.ts";

export interface MessagePartProps {
  instanceId: string;
  detail: MessageDetail;
  /** The one that the page is about, if any. */
  group: string | undefined;
}

/** What a message's page has from the features that routes put together on it. */
export interface MessageParts {
  /** Buttons over the body: what can be done with the message. */
  actions: readonly ComponentType<MessagePartProps>[];
  /** Sections under its consumption, each with its own heading. */
  sections: readonly ComponentType<MessagePartProps>[];
}
