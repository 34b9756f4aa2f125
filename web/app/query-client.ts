import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { problemOf } from "../lib/problem.ts";
import { sessionQuery } from "../lib/session.ts";

/** What a lost session or a password to be changed does, wherever it is noticed. */
export interface SessionEvents {
  onSignedOut: () => void;
  onPasswordChangeRequired: () => void;
}

export function createQueryClient(events: SessionEvents): QueryClient {
  const notice = (error: unknown): void => {
    const { code } = problemOf(error);
    if (code === "UNAUTHORIZED") {
      queryClient.setQueryData(sessionQuery().queryKey, { user: null });
      events.onSignedOut();
    }
    if (code === "PASSWORD_CHANGE_REQUIRED") events.onPasswordChangeRequired();
  };
  const queryClient: QueryClient = new QueryClient({
    queryCache: new QueryCache({ onError: notice }),
    mutationCache: new MutationCache({ onError: notice }),
    defaultOptions: {
      queries: {
        staleTime: 5_000,
        retry: (count, error) => count < 1 && problemOf(error).retry,
        retryDelay: 500,
        refetchOnWindowFocus: false,
      },
    },
  });
  return queryClient;
}
