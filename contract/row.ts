import { oc } from "@orpc/contract";
import type { Action } from "./action.ts";

/**
 * What a row can be about, and the fields of its input that say which one. All that has an `instanceId` belongs to that instance;
 * a `job` belongs to the instance that it names, and what is about the `console` or one's own `account` to none.
 */
export const resources = {
  console: [],
  account: [],
  session: ["sessionId"],
  instance: ["instanceId"],
  topic: ["instanceId", "topic"],
  topics: ["instanceId", "topics"],
  group: ["instanceId", "group"],
  groups: ["instanceId", "groups"],
  client: ["instanceId", "group", "clientId"],
  message: ["instanceId", "topic", "brokerName", "queueId", "queueOffset"],
  import: ["instanceId", "checkId"],
  job: ["jobId"],
} as const satisfies Record<string, readonly string[]>;
export type ResourceKind = keyof typeof resources;

/**
 * What is kept of calls: of plans, lists and other plain reads `none`; of a `read` that takes out what people wrote or files, of every
 * `write`, and of a `session` that begins or ends an entry each, before the answer is sent. A refusal is always kept.
 */
export type AuditLevel = "none" | "read" | "write" | "session";

export interface RowRule {
  on: ResourceKind;
  audit: AuditLevel;
}

export interface RowMeta extends RowRule {
  /** What the caller must be allowed to do with the resource; checked once the input is parsed and before anything is looked up. */
  action: Action;
}

/** Starts a row of the contract; every row names the action it needs, what it is about and whether it is audited. */
export const row = (action: Action, rule: RowRule) => oc.$meta<RowMeta>({ action, ...rule });
