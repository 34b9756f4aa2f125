import { useQuery } from "@tanstack/react-query";
import type { Action } from "#contract/action.ts";
import { api } from "./api.ts";

/** Who is signed in; asked once and kept until a call says otherwise. */
export const sessionQuery = () => api.session.get.queryOptions({ staleTime: 5 * 60_000 });

export const useUser = () => useQuery(sessionQuery()).data?.user ?? null;

/** Whether the signed-in person's role grants an action; pages leave out or disable what would be refused. */
export function useCan(action: Action): boolean {
  return useUser()?.actions.includes(action) ?? false;
}
