import { expect, test } from "vitest";
import { ImportChecks, startOnce, type CheckedFile } from "./import-checks.ts";

const mine = { instanceId: "one", madeBy: "ada" };
const fileOf = (name: string): CheckedFile => ({ name, encoding: "UTF-8", rows: [], columns: [], ignoredColumns: [] });

function setUp() {
  const clock = { now: 0 };
  const checks = new ImportChecks(() => clock.now);
  const check = (file: CheckedFile) =>
    checks.keep({ ...mine, file, brokers: [], placement: null, rows: [], failures: [] }).id;
  const isKept = (id: string) => {
    try {
      return checks.get(mine, id).id === id;
    } catch (error) {
      expect(error).toMatchObject({ code: "IMPORT_EXPIRED" });
      return false;
    }
  };
  return { clock, checks, check, isKept };
}

test("however often somebody checks one file again, the dry runs of others stay", () => {
  const { check, isKept } = setUp();
  const others = Array.from({ length: 15 }, (_, n) => fileOf(`${n}.csv`)).flatMap((file) => [check(file), check(file)]);
  const again = fileOf("again.csv");
  const ids = Array.from({ length: 100 }, () => check(again));
  expect(others.filter((id) => !isKept(id))).toEqual([]);
  expect(ids.slice(-2).map(isKept)).toEqual([true, true]);
  expect(isKept(ids[0] ?? "")).toBe(false);
});

test("while there is room, every check of a file is kept for whoever goes back", () => {
  const { check, isKept } = setUp();
  const file = fileOf("topics.csv");
  const ids = Array.from({ length: 20 }, () => check(file));
  expect(ids.every(isKept)).toBe(true);
});

test("a seventeenth file takes the place of the one checked longest ago", () => {
  const { check, isKept } = setUp();
  const files = Array.from({ length: 16 }, (_, n) => fileOf(`${n}.csv`));
  const ids = files.map(check);
  check(files[0] ?? fileOf("none"));
  check(fileOf("new.csv"));
  expect(ids.map(isKept)).toEqual(ids.map((_, n) => n !== 1));
});

test("a check ends after half an hour, while a later one of the same file goes on", () => {
  const { clock, check, isKept } = setUp();
  const file = fileOf("topics.csv");
  const first = check(file);
  clock.now = 20 * 60_000;
  const second = check(file);
  clock.now = 30 * 60_000;
  expect([first, second].map(isKept)).toEqual([false, true]);
});

test("a check is not found under another instance, nor by another person", () => {
  const { checks, check } = setUp();
  const id = check(fileOf("topics.csv"));
  expect(() => checks.get({ ...mine, instanceId: "two" }, id)).toThrow("IMPORT_EXPIRED");
  expect(() => checks.get({ ...mine, madeBy: "bob" }, id)).toThrow("IMPORT_EXPIRED");
  expect(checks.get(mine, id).id).toBe(id);
});

test("a check whose start failed once can be started, and two starts at once are one job", async () => {
  const check = new ImportChecks(() => 0).keep({
    ...mine,
    file: fileOf("topics.csv"),
    brokers: [],
    placement: null,
    rows: [],
    failures: [],
  });
  await expect(startOnce(check, () => Promise.reject(new Error("disk full")))).rejects.toThrow("disk full");
  let starts = 0;
  const start = () => Promise.resolve({ id: `job-${++starts}` });
  expect(await Promise.all([startOnce(check, start), startOnce(check, start)])).toEqual(["job-1", "job-1"]);
  expect(check.jobId).toBe("job-1");
});

test("a check that is over gives its memory back even when nobody checks another file", () => {
  const { clock, checks, check } = setUp();
  check(fileOf("topics.csv"));
  clock.now = 29 * 60_000;
  checks.makeRoom();
  expect(checks.size).toBe(1);
  clock.now = 30 * 60_000;
  checks.makeRoom();
  expect(checks.size).toBe(0);
});
