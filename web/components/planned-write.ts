import { keepPreviousData, useQuery, type QueryKey, type UseQueryOptions } from "@tanstack/react-query";
import { useT } from "../lib/i18n.ts";
import { problemOf, type Problem } from "../lib/problem.ts";
import { isSame, useSettled } from "../lib/settled.ts";
import type { WritePlan } from "./write-plan.tsx";

interface Planned<Input, Plan, Key extends QueryKey> {
  input: Input;
  /** False while the form has faults: nothing is asked then. */
  whole: boolean;
  query: (input: Input) => UseQueryOptions<Plan, Error, Plan, Key>;
  words: (plan: Plan) => WritePlan;
  /** What is wrong with the input, where a refusal tells the field. */
  faultOf?: (problem: Problem) => string | undefined;
}

/**
 * The plan of what is typed, once it rests, for a `WriteDrawer`; a refusal says so in the plan's place.
 * Ready is what was planned as it is now: nothing is applied that nobody could have seen.
 */
export function usePlannedWrite<Input, Plan, Key extends QueryKey>({
  input,
  whole,
  query,
  words,
  faultOf,
}: Planned<Input, Plan, Key>): { plan: WritePlan | undefined; ready: boolean } {
  const t = useT("problem");
  const settled = useSettled(input);
  const asked = whole && isSame(settled, input);
  const { data, error, isPlaceholderData } = useQuery({
    ...query(settled),
    enabled: asked,
    placeholderData: keepPreviousData,
    retry: false,
  });
  if (!whole) return { plan: undefined, ready: false };
  if (error !== null) {
    const problem = problemOf(error);
    const blocked = faultOf?.(problem) ?? t(`${problem.code}.what`, problem.data.params);
    return { plan: { changes: [], blocked }, ready: false };
  }
  return {
    plan: data === undefined ? undefined : words(data),
    ready: asked && data !== undefined && !isPlaceholderData,
  };
}
