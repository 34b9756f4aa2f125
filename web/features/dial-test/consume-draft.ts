import { DIAL_COUNT_MAX } from "#contract/rules/limits.ts";
import type { DialTestsSearch, startingPoints } from "./dial-test-search.ts";
import { inRange } from "./produce-draft.ts";

export type StartingPoint = (typeof startingPoints)[number];

/** A consume test as its form has it; a cleared figure is null. */
export interface ConsumeDraft {
  topic: string;
  group: string;
  ordered: boolean;
  /** Undefined: not chosen; see `startOf`. */
  from: StartingPoint | undefined;
  time: number | null;
  tags: string;
  count: number | null;
  timeoutSeconds: number | null;
  commit: boolean;
  /** Never in the URL: whoever runs a test again has to say it again. */
  despiteClients: boolean;
}

const COUNT = 10;
const TIMEOUT_SECONDS = 30;
const TIMEOUT_MAX = 300;

export const consumeDraftOf = (search: DialTestsSearch): ConsumeDraft => ({
  topic: search.topic ?? "",
  group: search.group ?? "",
  ordered: search.ordered ?? false,
  from: search.from,
  time: search.time ?? null,
  tags: search.tags ?? "",
  count: search.count ?? COUNT,
  timeoutSeconds: search.timeout ?? TIMEOUT_SECONDS,
  commit: search.commit ?? false,
  despiteClients: false,
});

const hasGroup = (draft: ConsumeDraft): boolean => draft.group.trim() !== "";

/** Only a group has a place where it stopped. */
export function startOf(draft: ConsumeDraft): StartingPoint {
  if (draft.from === undefined || (draft.from === "committed" && !hasGroup(draft)))
    return hasGroup(draft) ? "committed" : "earliest";
  return draft.from;
}

const filled = (value: string): string | undefined => (value.trim() === "" ? undefined : value.trim());

export function consumeSearchOf(draft: ConsumeDraft): Partial<DialTestsSearch> {
  return {
    topic: filled(draft.topic),
    group: filled(draft.group),
    ordered: draft.ordered ? true : undefined,
    from: draft.from,
    time: draft.from === "time" ? (draft.time ?? undefined) : undefined,
    tags: filled(draft.tags),
    count: draft.count === COUNT || draft.count === null ? undefined : draft.count,
    timeout: draft.timeoutSeconds === TIMEOUT_SECONDS ? undefined : (draft.timeoutSeconds ?? undefined),
    commit: draft.commit ? true : undefined,
  };
}

/** What is wrong with a draft, by field; texts are under `fault`. */
export function consumeFaults(draft: ConsumeDraft): Partial<Record<keyof ConsumeDraft, string>> {
  const faults: [keyof ConsumeDraft, string, boolean][] = [
    ["topic", "required", draft.topic.trim() === ""],
    ["count", "count.range", !inRange(draft.count, 1, DIAL_COUNT_MAX)],
    ["timeoutSeconds", "timeout.range", !inRange(draft.timeoutSeconds, 1, TIMEOUT_MAX)],
    ["time", "required", startOf(draft) === "time" && draft.time === null],
  ];
  return Object.fromEntries(faults.flatMap(([field, fault, wrong]) => (wrong ? [[field, fault]] : [])));
}

/** The draft as the API takes it. */
export function consumeInputOf(instanceId: string, draft: ConsumeDraft) {
  const from = startOf(draft);
  const commit = hasGroup(draft) && draft.commit;
  return {
    instanceId,
    topic: draft.topic.trim(),
    group: filled(draft.group),
    ordered: draft.ordered,
    from,
    time: from === "time" ? (draft.time ?? undefined) : undefined,
    tags: filled(draft.tags),
    count: draft.count ?? COUNT,
    timeoutSeconds: draft.timeoutSeconds ?? TIMEOUT_SECONDS,
    commit,
    despiteClients: commit && draft.despiteClients,
  };
}
