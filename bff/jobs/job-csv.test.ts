import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { parse } from "csv-parse/sync";
import { expect, test } from "vitest";
import type { JobRow } from "#contract/job.ts";
import { jobRowsCsv } from "./job-csv.ts";

test("rows become CSV with a BOM, a column for what the kind adds, and no cell that a spreadsheet would run", async () => {
  const rows: JobRow[] = [
    { n: 1, key: "=HYPERLINK(1)", state: "ok", at: 0, data: { msgId: "A", queue: { id: 1 } } },
    { n: 2, key: 'a "b", c', state: "failed", code: "NO_MASTER", detail: "@x", at: 1000 },
  ];
  const csv = await text(Readable.from(await jobRowsCsv(() => Readable.from(rows))));
  expect(csv.startsWith("\uFEFF")).toBe(true);
  expect(parse(csv, { bom: true, columns: true })).toEqual([
    {
      n: "1",
      key: "'=HYPERLINK(1)",
      state: "ok",
      code: "",
      detail: "",
      at: "1970-01-01T00:00:00.000Z",
      msgId: "A",
      queue: '{"id":1}',
    },
    {
      n: "2",
      key: 'a "b", c',
      state: "failed",
      code: "NO_MASTER",
      detail: "'@x",
      at: "1970-01-01T00:00:01.000Z",
      msgId: "",
      queue: "",
    },
  ]);
});
