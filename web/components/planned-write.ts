import {
  hashKey,
  keepPreviousData,
  useQuery,
  useQueryClient,
  type QueryKey,
  type UseQueryOptions,
} from "@tanstack/react-query";
import { useState } from "react";
import type { Applied } from "#contract/plan.ts";
import { issueAt, problemOf } from "../lib/problem.ts";
import { isSame, useSettled } from "../lib/settled.ts";
import type { WritePlan } from "./write-plan.tsx";

type PlanQuery<Plan, Key extends QueryKey> = UseQueryOptions<Plan, Error, Plan, Key> & { queryKey: Key };

export interface AnyPlan {
  planId: string;
}

export interface Planned<Input, Plan extends AnyPlan, Key extends QueryKey> {
  input: Input;
  /** False while the form has faults: nothing is asked then. */
  whole: boolean;
  query: (input: Input) => PlanQuery<Plan, Key>;
  words: (plan: Plan) => WritePlan;
  /** Writes what the plan of this id shows. */
  apply: (planId: string, plan: Plan) => Promise<Applied>;
  /** The plan that takes back what an applied one did, where it can be. */
  undoing?: (undo: string) => PlanQuery<Plan, Key>;
  /** Queries that tell of something else afterwards; where it was refused, they may have been outrun. */
  touches: QueryKey;
  /** Asks again by itself after so long, where others decide whether it may be done. */
  againMs?: number;
  /** What has to be done before there is a plan, where it is more than to fill in the form. */
  waiting?: string;
  /** Fields of the input that a refusal may name, the first one being told. */
  fields?: readonly string[];
  /** The text of what a refusal says of a field. */
  fault?: (key: string) => string;
}

export interface PlannedWrite<Plan> {
  planned: Plan | undefined;
  plan: WritePlan | undefined;
  /** There is a plan of what is typed now. */
  ready: boolean;
  apply: () => Promise<Applied>;
  /** Shows the plan that takes back what was applied. */
  undo: ((undo: string) => void) | undefined;
  /** That plan is shown. */
  undoing: boolean;
}

/**
 * The plan of what is typed, once it rests, as the API has it and for a `WriteDrawer`; what went wrong is told in the plan's place.
 * What is applied is what is shown: where the cluster has changed since, nothing is, and the plan of now takes its place.
 */
export function usePlannedWrite<Input, Plan extends AnyPlan, Key extends QueryKey>(
  props: Planned<Input, Plan, Key>,
): PlannedWrite<Plan> {
  const { input, whole, query, words, apply, undoing, touches, againMs, waiting, fields = [], fault } = props;
  const queryClient = useQueryClient();
  const [undo, setUndo] = useState<string>();
  const settled = useSettled(input);
  const back = undo === undefined ? undefined : undoing?.(undo);
  const options = back ?? query(settled);
  const asked = back !== undefined || (whole && isSame(settled, input));
  const { data, error, isPlaceholderData, refetch } = useQuery({
    ...options,
    enabled: asked,
    placeholderData: keepPreviousData,
    retry: false,
    staleTime: Infinity,
    gcTime: 0,
    // A question that failed is put again by hand, so that what is told of it stands still.
    refetchInterval: ({ state }) => (state.status === "error" ? false : (againMs ?? false)),
  });
  const again = () => void refetch();
  const write = async (): Promise<Applied> => {
    if (data === undefined) throw new Error("There is no plan to apply");
    try {
      return await apply(data.planId, data);
    } catch (thrown) {
      const problem = problemOf(thrown);
      if (problem.code === "PLAN_STALE") queryClient.setQueryData<Plan>(options.queryKey, problem.data.plan as Plan);
      if (problem.code === "PLAN_EXPIRED") again();
      throw thrown;
    } finally {
      const isPlan = (key: QueryKey) => hashKey(key) === hashKey(options.queryKey);
      void queryClient.invalidateQueries({ queryKey: touches, predicate: ({ queryKey }) => !isPlan(queryKey) });
    }
  };
  const rest = { planned: data, apply: write, undo: undoing && setUndo, undoing: back !== undefined };
  if (!whole && back === undefined)
    return { ...rest, plan: waiting === undefined ? undefined : { changes: [], blocked: waiting }, ready: false };
  if (error !== null) {
    const problem = problemOf(error);
    const issue = fields.map((field) => issueAt(problem, field)).find((found) => found !== undefined);
    if (issue !== undefined && fault !== undefined)
      return { ...rest, plan: { changes: [], blocked: fault(issue) }, ready: false };
    const last: WritePlan = data === undefined ? { changes: [] } : words(data);
    return { ...rest, plan: { ...last, failed: { error, onRetry: again } }, ready: false };
  }
  return {
    ...rest,
    plan: data === undefined ? undefined : { ...words(data), onAgain: again },
    ready: asked && data !== undefined && !isPlaceholderData,
  };
}
