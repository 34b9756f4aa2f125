import { useMutation } from "@tanstack/react-query";
import type { ConnectionReport } from "#contract/instance.ts";
import { client } from "../../lib/api.ts";
import { connectionOf, type ConnectionDraft } from "./connection-draft.ts";

export interface ConnectionTest {
  run: () => void;
  pending: boolean;
  error: unknown;
  /** What was found for the draft as it was tested. */
  report: ConnectionReport | undefined;
  /** Whether the report is of the draft as it stands now. */
  current: boolean;
}

/** What a test depends on; other addresses may change after it. */
export const testedPart = ({ proxy: _p, proxyRemoting: _r, metricsUrl: _m, ...tested }: ConnectionDraft): string =>
  JSON.stringify(tested);

/** Tests a draft on request; a report of something else than what is typed now does not count. */
export function useConnectionTest(draft: ConnectionDraft, instanceId?: string): ConnectionTest {
  const test = useMutation({
    mutationFn: async (tested: ConnectionDraft) => ({
      text: testedPart(tested),
      report: await client.instance.test({ ...connectionOf(tested), instanceId }),
    }),
  });
  return {
    run: () => test.mutate(draft),
    pending: test.isPending,
    error: test.error,
    report: test.data?.report,
    current: test.data?.text === testedPart(draft),
  };
}
