import { expect, vi } from "vitest";
import type { ApiClient } from "./start-test-server.ts";

/** A job once it has ended, with its rows. */
export async function ended({ job: jobs }: ApiClient, jobId: string) {
  const job = await vi.waitFor(
    async () => {
      const got = await jobs.get({ jobId });
      expect(got.finishedAt).not.toBeNull();
      return got;
    },
    { timeout: 50_000, interval: 50 },
  );
  return { job, rows: (await jobs.rows({ jobId, pageSize: 200 })).items };
}

/** Imports what a check showed, to its end. */
export async function imported(
  client: ApiClient,
  what: "topicImport" | "groupImport",
  check: { instanceId: string; checkId: string },
) {
  const { jobId } = await client[what].start(check);
  return ended(client, jobId);
}
