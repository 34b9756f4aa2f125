import { focusManager, useQueryClient, type QueryKey } from "@tanstack/react-query";
import { useCallback, useEffect } from "react";

/**
 * The one refresh of a page, by hand and by the clock: all queries under these keys are asked again, so that an open tab shows the same moment as the head.
 * By hand a question under way is called off, for its answer may be older, and what is too dear for the clock is asked too; the clock lets it come.
 */
export function useRefresh(
  keys: readonly QueryKey[],
  everySeconds: number | undefined,
  byHandAlone: readonly QueryKey[] = [],
): () => void {
  const queryClient = useQueryClient();
  const key = JSON.stringify(keys);
  const ask = useCallback(
    (of: readonly QueryKey[], cancelRefetch: boolean) => {
      for (const queryKey of of) void queryClient.invalidateQueries({ queryKey }, { cancelRefetch });
    },
    [queryClient],
  );
  useEffect(() => {
    if (!everySeconds) return undefined;
    const again = () => focusManager.isFocused() && ask(JSON.parse(key) as QueryKey[], false);
    const timer = setInterval(again, everySeconds * 1000);
    return () => clearInterval(timer);
  }, [ask, key, everySeconds]);
  return () => ask([...keys, ...byHandAlone], true);
}
