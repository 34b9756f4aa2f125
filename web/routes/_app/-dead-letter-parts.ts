import { lazy } from "react";
import type { DeadLetterParts } from "../../features/message/dead-letter/dead-letter-parts.ts";
import { LettersAction } from "../../features/message/resend/letters-action.tsx";
import { messageParts } from "./-message-parts.ts";

const TopicEdit = lazy(() =>
  import("../../features/topic/topic-edit-drawer.tsx").then((m) => ({ default: m.TopicEditDrawer })),
);
const SentAgain = lazy(() =>
  import("../../features/message/resend/resent-link.tsx").then((m) => ({ default: m.SentAgain })),
);

/** What the features beside them bring to dead letters. */
export const deadLetterParts: DeadLetterParts = { message: messageParts, Actions: LettersAction, SentAgain, TopicEdit };
