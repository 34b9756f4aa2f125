import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startChild } from "../testing/child.ts";

/** Each has 1 kB of detail, of which those who watch may hold back 20,000. */
const ROWS = 40_000;
const MOST_MB = 55;

test("a job of many rows runs, is watched, and has its results read without holding them", async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "rocketdeck-many-rows-"));
  const child = startChild("bff/testing/many-rows.ts", { args: [dataDir, String(ROWS)], flags: ["--expose-gc"] });
  const { peakMb, ...told } = JSON.parse(await child.until(/told (.*)/)) as { peakMb: number };
  expect(told).toEqual({ state: "succeeded", ok: ROWS, filed: ROWS - 1000, lines: ROWS + 1 });
  expect(peakMb).toBeLessThan(MOST_MB);
  await child.stop();
  await rm(dataDir, { recursive: true });
}, 120_000);
