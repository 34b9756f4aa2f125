import type { ComponentType } from "react";
import type { DeadLetter } from "#contract/dead-letter.ts";
import type { MessagePlace } from "#contract/message.ts";
import type { Patch } from "../../../lib/search.ts";
import type { MessageParts } from "../message-parts.ts";
import type { DeadLetterSearch } from "./dead-letter-search.ts";

/** What is chosen of a group's dead letters: some by their places, or all that were stored between two times. */
export interface DeadLetterActionsProps {
  instanceId: string;
  group: string;
  selected: MessagePlace[];
  filter: { from: number; to: number };
  onDone: () => void;
}

/** What the features that routes put together bring to dead letters. */
export interface DeadLetterParts {
  message: MessageParts;
  /** Buttons for what is chosen. */
  Actions?: ComponentType<DeadLetterActionsProps>;
  /** What is known of one that was sent once more. */
  SentAgain?: ComponentType<{ instanceId: string; group: string; letters: DeadLetter[]; letter: DeadLetter }>;
  /** The drawer that edits a topic, with a permission already chosen. */
  TopicEdit: ComponentType<{ instanceId: string; topic: string; perm: 6; onClose: () => void }>;
}

export interface DeadLettersProps {
  instanceId: string;
  group: string;
  search: DeadLetterSearch;
  patch: Patch<DeadLetterSearch>;
  parts: DeadLetterParts;
}
