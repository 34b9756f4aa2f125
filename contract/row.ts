import { oc } from "@orpc/contract";
import type { Action } from "./action.ts";

export interface RowMeta {
  /** What the caller must be allowed to do; checked before the handler runs. */
  action: Action;
}

/** Starts a row of the contract; every row names the action it needs. */
export const row = (action: Action) => oc.$meta<RowMeta>({ action });
