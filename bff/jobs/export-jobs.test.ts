import { once } from "node:events";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Job } from "#contract/job.ts";
import { numbers, openTestJobs, patience, type TestJobs } from "../testing/test-jobs.ts";

let testing: TestJobs;
beforeEach(async () => {
  testing = await openTestJobs();
});
afterEach(() => testing.close());

/** One that runs until it is cancelled. */
const startExport = (username: string): Promise<Job> =>
  testing.jobs.start(
    {
      kind: "test.export",
      action: "message:read",
      describe: () => ({}),
      run: async ({ signal }) => {
        if (!signal.aborted) await once(signal, "abort");
      },
    },
    undefined,
    { user: { username } },
  );

const stateOf = async ({ id }: Job) => (await testing.jobs.get(id)).state;
const cancel = ({ id }: Job) => testing.jobs.cancel(id, () => true);
const full = expect.objectContaining({
  code: "TOO_MANY_EXPORTS",
  data: expect.objectContaining({ params: { max: 4 } }) as unknown,
}) as unknown;

test("one person has four exports that wait or run, however many are asked for at once, and each that ends makes room", async () => {
  const asked = await Promise.allSettled(numbers(50).map(() => startExport("ada")));
  const started = asked.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  const refused = asked.flatMap((one) => (one.status === "rejected" ? [one.reason as unknown] : []));
  expect(started).toHaveLength(4);
  expect(refused).toEqual(numbers(46).map(() => full));
  // Which of them runs is not told by the order in which they were asked for.
  for (const job of started) {
    await cancel(job);
    await testing.ended(job.id);
    await startExport("ada");
    await expect(startExport("ada")).rejects.toEqual(full);
  }
  expect(await stateOf(await startExport("bob"))).toBe("running");
});

test("of one person's exports one runs, of all together as many as leave a job free, and others wait for none of them", async () => {
  const [first, second] = [await startExport("ada"), await startExport("ada")];
  const others = [await startExport("bob"), await startExport("cleo"), await startExport("dan")];
  await vi.waitUntil(async () => (await stateOf(others[1] ?? first)) === "running", patience);
  expect(await Promise.all([first, second, ...others].map(stateOf))).toEqual([
    "running",
    "queued",
    "running",
    "running",
    "queued",
  ]);
  const other = await testing.start(() => Promise.resolve());
  expect((await testing.ended(other.id)).state).toBe("succeeded");
  await cancel(first);
  await vi.waitUntil(async () => (await stateOf(second)) === "running", patience);
});
