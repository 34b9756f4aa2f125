import { keepPreviousData, useQuery, type QueryKey, type UseQueryOptions } from "@tanstack/react-query";
import { issueAt, problemOf } from "../lib/problem.ts";
import { isSame, useSettled } from "../lib/settled.ts";
import type { WritePlan } from "./write-plan.tsx";

export interface Planned<Input, Plan, Key extends QueryKey> {
  input: Input;
  /** False while the form has faults: nothing is asked then. */
  whole: boolean;
  query: (input: Input) => UseQueryOptions<Plan, Error, Plan, Key>;
  words: (plan: Plan) => WritePlan;
  /** Fields of the input that a refusal may name, the first one being told. */
  fields?: readonly string[];
  /** The text of what a refusal says of a field. */
  fault?: (key: string) => string;
}

/** Brokers and clients change any moment, so the plan is asked for again while it is shown. */
const LOOK_AGAIN_MS = 5000;

/**
 * The plan of what is typed, once it rests, as the API has it and for a `WriteDrawer`; what went wrong is told in the plan's place.
 * Ready is what was planned as it is now: nothing is applied that nobody could have seen.
 */
export function usePlannedWrite<Input, Plan, Key extends QueryKey>({
  input,
  whole,
  query,
  words,
  fields = [],
  fault,
}: Planned<Input, Plan, Key>): { planned: Plan | undefined; plan: WritePlan | undefined; ready: boolean } {
  const settled = useSettled(input);
  const asked = whole && isSame(settled, input);
  const { data, error, isPlaceholderData, refetch } = useQuery({
    ...query(settled),
    enabled: asked,
    placeholderData: keepPreviousData,
    retry: false,
    staleTime: 0,
    gcTime: 0,
    // A first question that failed is put again by hand, so that what is told of it stands still.
    refetchInterval: ({ state }) => (state.status === "error" && state.data === undefined ? false : LOOK_AGAIN_MS),
  });
  if (!whole) return { planned: data, plan: undefined, ready: false };
  if (error !== null) {
    const problem = problemOf(error);
    const issue = fields.map((field) => issueAt(problem, field)).find((found) => found !== undefined);
    if (issue !== undefined && fault !== undefined)
      return { planned: data, plan: { changes: [], blocked: fault(issue) }, ready: false };
    const last: WritePlan = data === undefined ? { changes: [] } : words(data);
    return { planned: data, plan: { ...last, failed: { error, onRetry: () => void refetch() } }, ready: false };
  }
  return {
    planned: data,
    plan: data === undefined ? undefined : words(data),
    ready: asked && data !== undefined && !isPlaceholderData,
  };
}
