import {
  keepPreviousData,
  useQuery,
  useQueryClient,
  type QueryClient,
  type QueryFunctionContext,
  type UseQueryResult,
} from "@tanstack/react-query";
import { useState } from "react";
import type { Failure } from "#contract/list.ts";

/** What every list of the contract answers with. */
export interface Page<T> {
  items: T[];
  total: number;
  failures: Failure[];
  at: number;
}

interface ListEndpoint<I, P> {
  queryKey(options: { input: NoInfer<I> }): readonly unknown[];
  call(input: I, options?: { signal?: AbortSignal }): Promise<P>;
}

export interface ListQuery<P> {
  query: UseQueryResult<P>;
  /** Asks again, past what the BFF has cached. */
  refresh: () => void;
  refreshing: boolean;
}

/** Asks for a query's data once more. A question under way, whose answer may be an older one, is called off: its answer would be given instead. */
export async function askAnew<T>(
  queryClient: QueryClient,
  queryKey: readonly unknown[],
  queryFn: (context: QueryFunctionContext) => Promise<T>,
): Promise<T> {
  await queryClient.cancelQueries({ queryKey, exact: true });
  return queryClient.fetchQuery({ queryKey, queryFn, staleTime: 0 });
}

/**
 * A page of a list, with the old page shown while the next loads: `useListQuery(api.topic.list, { instanceId, ...listInput(search) }, search.refresh)`.
 * `everySeconds` asks again on its own while the page is visible; it may depend on what was read last.
 */
export function useListQuery<I extends object, P>(
  endpoint: ListEndpoint<I, P>,
  input: I,
  everySeconds?: number | ((page: P | undefined) => number | undefined),
): ListQuery<P> {
  const queryClient = useQueryClient();
  const [forced, setForced] = useState(false);
  const queryKey = endpoint.queryKey({ input });
  const query = useQuery({
    queryKey,
    queryFn: ({ signal }) => endpoint.call(input, { signal }),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => {
      const seconds = typeof everySeconds === "function" ? everySeconds(state.data) : everySeconds;
      return seconds ? seconds * 1000 : false;
    },
  });
  const refresh = (): void => {
    setForced(true);
    void askAnew(queryClient, queryKey, ({ signal }) => endpoint.call({ ...input, fresh: true }, { signal }))
      .catch(() => undefined)
      .finally(() => setForced(false));
  };
  return { query, refresh, refreshing: forced || query.isFetching };
}
