import { useQuery } from "@tanstack/react-query";
import type { Limits } from "#contract/dial-run.ts";
import { api } from "../../lib/api.ts";
import { useSettled } from "../../lib/settled.ts";

/** What the brokers of a topic take; undefined while it is not known. */
export function useLimits(instanceId: string, typed: string): Limits | undefined {
  const topic = useSettled(typed.trim());
  const { data } = useQuery(
    api.dialTest.limits.queryOptions({
      input: { instanceId, topic },
      enabled: topic !== "" && topic === typed.trim(),
      staleTime: 60_000,
      retry: false,
    }),
  );
  return topic === "" ? undefined : data;
}
