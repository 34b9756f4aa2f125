import { mkdir, readdir, rm, stat, truncate, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { numbers, openTestJobs, patience, type TestJobs } from "../testing/test-jobs.ts";
import { JobFiles } from "./job-file.ts";

let all: TestJobs;
beforeEach(async () => {
  all = await openTestJobs();
});
afterEach(() => all.close());

const NAMED = { name: "found.jsonl", type: "application/x-ndjson" };
const pathOf = (id: string) => join(all.dataDir, "results", `${id}.file`);
const contentOf = async (id: string) => text(Readable.from((await all.jobs.file(id)).parts));

test("what a job writes, as text or in pieces, is one file of its owner's alone", async () => {
  const { id } = await all.start(async (ctx) => {
    const file = await ctx.file(NAMED);
    expect(await file.add("消息 1\n")).toBe(true);
    expect(await file.add(Readable.from(["message", Buffer.from(" 2\n")]))).toBe(true);
    expect(await file.add("message 3\n")).toBe(true);
  });
  const job = await all.ended(id);
  const bytes = Buffer.byteLength("消息 1\nmessage 2\nmessage 3\n");
  expect(job).toMatchObject({ state: "succeeded", file: { ...NAMED, bytes, full: false } });
  expect(await contentOf(id)).toBe("消息 1\nmessage 2\nmessage 3\n");
  expect((await stat(pathOf(id))).mode & 0o777).toBe(0o600);
});

test.each([
  { what: "text", last: () => "b".repeat(1_048_576) },
  { what: "pieces", last: () => Readable.from(["b".repeat(600_000), "b".repeat(600_000)]) },
])(
  "a record of $what that has no room is left out as a whole, and the job says that its file is full",
  async (given) => {
    const { id } = await all.start(async (ctx) => {
      const file = await ctx.file(NAMED);
      await file.add("a\n");
      expect(await file.add(given.last())).toBe(false);
      expect(await file.add("would fit\n")).toBe(false);
    });
    expect((await all.ended(id)).file).toEqual({ ...NAMED, bytes: 2, full: true });
    expect(await contentOf(id)).toBe("a\n");
    expect((await stat(pathOf(id))).size).toBe(2);
  },
);

test("a record that fails in the midst of its pieces leaves the file as it was", async () => {
  async function* pieces() {
    yield "half";
    await Promise.reject(new Error("broken"));
  }
  const { id } = await all.start(async (ctx) => {
    const file = await ctx.file(NAMED);
    await file.add("a\n");
    await expect(file.add(pieces())).rejects.toThrow("broken");
    await file.add("b\n");
  });
  await all.ended(id);
  expect(await contentOf(id)).toBe("a\nb\n");
});

test("while a job runs another console gives its whole records, as many as the store counts", async () => {
  const { id } = await all.start(async (ctx) => {
    const file = await ctx.file(NAMED);
    while (!ctx.signal.aborted) {
      await file.add(Readable.from(["whole\n"]));
      await new Promise((resolve) => setImmediate(resolve));
    }
  });
  const other = await all.runner();
  await vi.waitUntil(async () => ((await other.get(id)).file?.bytes ?? 0) > 0, patience);
  const { file } = await other.get(id);
  expect(await text(Readable.from((await other.file(id)).parts))).toMatch(/^(whole\n)+$/);
  expect((await stat(pathOf(id))).size).toBeGreaterThanOrEqual(file?.bytes ?? Infinity);
  await other.stop();
});

test.each([
  { what: "is not there", harm: (file: string) => rm(file) },
  { what: "lacks its end", harm: (file: string) => truncate(file, 1) },
])("a file that $what is told, and no part of it is given for the whole", async ({ harm }) => {
  const { id } = await all.start(async (ctx) => void (await (await ctx.file(NAMED)).add("a\n")));
  await all.ended(id);
  await harm(pathOf(id));
  await expect(all.jobs.file(id)).rejects.toMatchObject({ code: "RESULTS_MISSING" });
});

test("a file that cannot be made fails the job, which says why", async () => {
  await writeFile(join(all.dataDir, "results"), "in the way");
  const { id } = await all.start(async (ctx) => void (await ctx.file(NAMED)));
  expect(await all.ended(id)).toMatchObject({ state: "failed", error: { code: "STORE_FAILED", detail: "EEXIST" } });
});

test("the files of all jobs have a bound, for which the oldest goes", async () => {
  const dir = join(all.dataDir, "results");
  await mkdir(dir);
  for (const n of numbers(9)) {
    const path = join(dir, `old-${n}.file`);
    await writeFile(path, "");
    await truncate(path, 2 ** 20);
    await utimes(path, n, n);
  }
  const file = await new JobFiles(dir, 2 ** 20).open("new", NAMED, () => undefined);
  await file.close();
  expect((await readdir(dir)).toSorted()).toEqual(["new.file", ...numbers(7).map((n) => `old-${n + 2}.file`)]);
});
