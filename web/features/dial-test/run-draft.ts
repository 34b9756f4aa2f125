import {
  DIAL_COUNT_MAX,
  DIAL_SIZE_KB_MAX,
  DIAL_TOTAL_KB_MAX,
  LOAD_RATE_MAX,
  LOAD_SECONDS_MAX,
  LOAD_THREADS_MAX,
} from "#contract/rules/limits.ts";
import type { DialTestsSearch, paces, places, receivers } from "./dial-test-search.ts";
import { inRange } from "./produce-draft.ts";

/** What round trips and load tests have in common: where they send, and how large. */
export interface PlaceDraft {
  place: (typeof places)[number];
  topic: string;
  /** Of a topic that is made; none of them means all. */
  brokers: string[];
  sizeKb: number | null;
  /** Never in the URL: whoever runs a test again has to say it again. */
  despiteConsumers: boolean;
}

/** A round trip as its form has it; a cleared figure is null. */
export interface RoundTripDraft extends PlaceDraft {
  count: number | null;
  tag: string;
  receiver: (typeof receivers)[number];
  group: string;
  commit: boolean;
  timeoutSeconds: number | null;
}

export interface LoadDraft extends PlaceDraft {
  by: (typeof paces)[number];
  rate: number | null;
  threads: number | null;
  seconds: number | null;
  consume: boolean;
}

const usual = { sizeKb: 1, count: 10, timeoutSeconds: 30, rate: 100, threads: 8, seconds: 60 } as const;

const placeOf = (search: DialTestsSearch): PlaceDraft => ({
  place: search.place ?? (search.topic === undefined ? "made" : "given"),
  topic: search.topic ?? "",
  brokers: search.brokers?.split(",") ?? [],
  sizeKb: search.size ?? usual.sizeKb,
  despiteConsumers: false,
});

export const roundTripDraftOf = (search: DialTestsSearch): RoundTripDraft => ({
  ...placeOf(search),
  count: search.count ?? usual.count,
  tag: search.tag ?? "",
  receiver: search.receiver ?? "console",
  group: search.group ?? "",
  commit: search.commit ?? false,
  timeoutSeconds: search.timeout ?? usual.timeoutSeconds,
});

export const loadDraftOf = (search: DialTestsSearch): LoadDraft => ({
  ...placeOf(search),
  by: search.by ?? "rate",
  rate: search.rate ?? usual.rate,
  threads: search.threads ?? usual.threads,
  seconds: search.seconds ?? usual.seconds,
  consume: search.sendOnly !== true,
});

const unless = <T>(value: T | null, of: T): T | undefined => (value === of || value === null ? undefined : value);
const filled = (value: string): string | undefined => (value.trim() === "" ? undefined : value.trim());

const placeSearch = ({ place, topic, brokers, sizeKb }: PlaceDraft): Partial<DialTestsSearch> => ({
  place: place === (filled(topic) === undefined ? "made" : "given") ? undefined : place,
  topic: filled(topic),
  brokers: brokers.length === 0 ? undefined : brokers.join(","),
  size: unless(sizeKb, usual.sizeKb),
});

export const roundTripSearchOf = (draft: RoundTripDraft): Partial<DialTestsSearch> => ({
  ...placeSearch(draft),
  count: unless(draft.count, usual.count),
  tag: filled(draft.tag),
  receiver: unless(draft.receiver, "console"),
  group: draft.receiver === "group" ? filled(draft.group) : undefined,
  commit: draft.receiver === "group" && draft.commit ? true : undefined,
  timeout: unless(draft.timeoutSeconds, usual.timeoutSeconds),
});

export const loadSearchOf = (draft: LoadDraft): Partial<DialTestsSearch> => ({
  ...placeSearch(draft),
  by: unless(draft.by, "rate"),
  rate: draft.by === "rate" ? unless(draft.rate, usual.rate) : undefined,
  threads: draft.by === "threads" ? unless(draft.threads, usual.threads) : undefined,
  seconds: unless(draft.seconds, usual.seconds),
  sendOnly: draft.consume ? undefined : true,
});

type Faults<D> = Partial<Record<keyof D, string>>;

const faultsWhere = <D>(faults: [keyof D, string, boolean][]): Faults<D> =>
  Object.fromEntries(faults.flatMap(([field, fault, wrong]) => (wrong ? [[field, fault]] : []))) as Faults<D>;

const placeFaults = ({ place, topic, sizeKb }: PlaceDraft): [keyof PlaceDraft, string, boolean][] => [
  ["topic", "required", place === "given" && topic.trim() === ""],
  ["sizeKb", "size.range", !inRange(sizeKb, 1, DIAL_SIZE_KB_MAX)],
];

export const roundTripFaults = (draft: RoundTripDraft): Faults<RoundTripDraft> =>
  faultsWhere<RoundTripDraft>([
    ...placeFaults(draft),
    ["count", "total.range", (draft.count ?? 0) * (draft.sizeKb ?? 0) > DIAL_TOTAL_KB_MAX],
    ["count", "count.range", !inRange(draft.count, 1, DIAL_COUNT_MAX)],
    ["group", "required", draft.receiver === "group" && draft.group.trim() === ""],
    ["timeoutSeconds", "timeout.range", !inRange(draft.timeoutSeconds, 1, 300)],
  ]);

export const loadFaults = (draft: LoadDraft): Faults<LoadDraft> =>
  faultsWhere<LoadDraft>([
    ...placeFaults(draft),
    ["rate", "rate.range", draft.by === "rate" && !inRange(draft.rate, 1, LOAD_RATE_MAX)],
    ["threads", "threads.range", draft.by === "threads" && !inRange(draft.threads, 1, LOAD_THREADS_MAX)],
    ["seconds", "seconds.range", !inRange(draft.seconds, 1, LOAD_SECONDS_MAX)],
  ]);

const placeInput = (instanceId: string, { place, topic, brokers, sizeKb, despiteConsumers }: PlaceDraft) => ({
  instanceId,
  topic: place === "given" ? filled(topic) : undefined,
  brokers: place === "made" && brokers.length > 0 ? brokers : undefined,
  sizeKb: sizeKb ?? usual.sizeKb,
  despiteConsumers: place === "given" && despiteConsumers,
});

export const roundTripInputOf = (instanceId: string, draft: RoundTripDraft) => ({
  ...placeInput(instanceId, draft),
  count: draft.count ?? usual.count,
  tag: filled(draft.tag),
  receiver: draft.receiver,
  group: draft.receiver === "group" ? filled(draft.group) : undefined,
  commit: draft.receiver === "group" && draft.commit,
  timeoutSeconds: draft.timeoutSeconds ?? usual.timeoutSeconds,
});

export const loadInputOf = (instanceId: string, draft: LoadDraft) => ({
  ...placeInput(instanceId, draft),
  rate: draft.by === "rate" ? (draft.rate ?? usual.rate) : undefined,
  threads: draft.by === "threads" ? (draft.threads ?? usual.threads) : undefined,
  seconds: draft.seconds ?? usual.seconds,
  consume: draft.consume,
});
