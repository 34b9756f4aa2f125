import { MessageConst } from "./properties.ts";
import type { StoredMessage } from "./stored-message.ts";

/** When a timed message is or was due; a delay level's length is the broker's own setting. */
export function dueAt({ properties }: Pick<StoredMessage, "properties">): number | null {
  const due = Number(properties.get("TIMER_OUT_MS") ?? properties.get(MessageConst.TIMER_DELIVER_MS));
  return Number.isSafeInteger(due) && due > 0 ? due : null;
}
