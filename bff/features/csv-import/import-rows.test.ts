import { randomBytes } from "node:crypto";
import iconv from "iconv-lite";
import { describe, expect, test } from "vitest";
import { IMPORT_MAX_BYTES, IMPORT_MAX_ROWS } from "#contract/rules/limits.ts";
import { Problem } from "../../base/problem.ts";
import { groupKind } from "./group-kind.ts";
import { readTextFile } from "./import-file.ts";
import { readRows } from "./import-rows.ts";
import { topicKind } from "./topic-kind.ts";

const limits = { maxQueuesPerBroker: 8 };
const HEADER = "TopicName,QueueNums,Perm,MessageType";

async function read(content: string | Uint8Array<ArrayBuffer>, kind = topicKind) {
  const file = await readTextFile(new File([content], "topics.csv"));
  return { ...file, ...(await readRows(kind, file.text, limits)) };
}

async function refused(content: string | Uint8Array<ArrayBuffer>) {
  const error: unknown = await read(content).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Problem)) throw new Error(`expected a problem, got ${String(error)}`);
  return { code: error.code, key: error.data.issues?.[0]?.message, params: error.data.params };
}

const gbk = (text: string) => new Uint8Array(iconv.encode(text, "gbk"));

test("a row is read as it would be written", async () => {
  const { rows } = await read(`${HEADER}\norders, 4 ,rw,fifo\n`);
  expect(rows).toEqual([
    {
      n: 1,
      line: 2,
      name: "orders",
      values: { TopicName: "orders", QueueNums: "4", Perm: "6", MessageType: "FIFO", Order: "false" },
      faults: [],
    },
  ]);
});

test.each([
  ["UTF-8", `${HEADER}\norders,4,6,NORMAL\n`],
  ["UTF-8", `\uFEFF${HEADER}\r\norders,4,6,NORMAL\r\n`],
  ["UTF-8", `${HEADER}\rorders,4,6,NORMAL\r`],
  ["UTF-8", "消息类型;权限;队列数;主题名称\n普通;读写;4;orders\n"],
  ["GBK", gbk("主题名称\t队列数\t权限\t消息类型\r\norders\t4\t读写\t普通消息\r\n")],
])(
  "files in %s come to the same, whatever their line ends, delimiter and order of columns",
  async (encoding, content) => {
    const file = await read(content);
    expect(file.encoding).toBe(encoding);
    expect(file.rows[0]).toMatchObject({
      values: { TopicName: "orders", QueueNums: "4", Perm: "6", MessageType: "NORMAL" },
      faults: [],
    });
  },
);

test("each row knows its line, blank lines and cells of several lines counted", async () => {
  const { rows, ignoredColumns } = await read(
    `${HEADER},Remark\r\n\r\na1,1,6,NORMAL,"two\r\nlines"\r\n,,,,\r\na2,1,6,NORMAL,\r\n`,
  );
  expect(rows.map(({ n, line, name }) => [n, line, name])).toEqual([
    [1, 3, "a1"],
    [2, 6, "a2"],
  ]);
  expect(ignoredColumns).toEqual(["Remark"]);
});

test.each([
  ["a b,4,6,NORMAL", "name.characters", "TopicName"],
  [",4,6,NORMAL", "name.empty", "TopicName"],
  ["TBW102,4,6,NORMAL", "name.reserved", "TopicName"],
  ["orders,9,6,NORMAL", "queues", "QueueNums"],
  ["orders,0,6,NORMAL", "queues", "QueueNums"],
  ["orders,1e1,6,NORMAL", "queues", "QueueNums"],
  ["orders,,6,NORMAL", "required", "QueueNums"],
  ["orders,4,7,NORMAL", "perm", "Perm"],
  ["orders,4,6,MIXED", "type", "MessageType"],
  ["orders,4,6", "required", "MessageType"],
  ["orders,4,6,NORMAL,more", "cells", undefined],
])("the row %s is refused as %s", async (row, key, column) => {
  const { rows } = await read(`${HEADER}\n${row}\n`);
  expect(rows[0]?.faults).toMatchObject([{ key, ...(column === undefined ? {} : { column }) }]);
});

test.each([
  ["4,6,NORMAL,", [], "false"],
  ["4,6,NORMAL,No", [], "false"],
  ["1,6,FIFO,TRUE", [], "true"],
  ["4,6,FIFO,maybe", ["order"], "maybe"],
  ["4,6,NORMAL,true", ["orderQueues", "orderType"], "true"],
])("strict order may be left out and has its rules: %s", async (cells, keys, order) => {
  const { rows, ignoredColumns } = await read(`${HEADER},Order\norders,${cells}\n`);
  expect(ignoredColumns).toEqual([]);
  expect(rows[0]?.values["Order"]).toBe(order);
  expect(rows[0]?.faults.map(({ key }) => key)).toEqual(keys);
});

test("a name that comes again is refused with the line where it was first", async () => {
  const { rows } = await read(`${HEADER}\norders,4,6,NORMAL\nbills,4,6,NORMAL\norders,8,6,NORMAL\n`);
  expect(rows.map(({ faults }) => faults)).toEqual([[], [], [{ key: "duplicate", params: { line: 2 } }]]);
});

test("groups are read by the same rules", async () => {
  const { rows } = await read("groupname,最大重试次数\nbilling,16\nshipping,1001\n", groupKind);
  expect(rows.map(({ values, faults }) => [values["MaxRetryTimes"], faults[0]?.key])).toEqual([
    ["16", undefined],
    ["1001", "retries"],
  ]);
});

test("a spreadsheet with empty rows and ragged ones is read, however many they are", async () => {
  const { rows } = await read(`${HEADER}\n${",,,,,\n".repeat(200_000)}orders,4,6,NORMAL,,\n${",\n".repeat(900_000)}`);
  expect(rows).toMatchObject([{ n: 1, line: 200_002, name: "orders", faults: [] }]);
});

test("a cell as long as the file is kept no longer than anybody could use it", async () => {
  for (const cell of ["x".repeat(5_000_000), `"${'""'.repeat(2_500_000)}"`]) {
    const { rows } = await read(`${HEADER}\n${cell},4,6,NORMAL\n`);
    expect(rows[0]?.name).toHaveLength(255);
    expect(rows[0]?.faults).toHaveLength(1);
  }
  const wide = Array.from({ length: 250 }, (_, n) => `${n}${"y".repeat(1000)}`).join(",");
  const { ignoredColumns } = await read(`${HEADER},${wide}\norders,4,6,NORMAL\n`);
  expect(JSON.stringify(ignoredColumns).length).toBeLessThan(20_000);
});

test("the first line may tell the delimiter, as some spreadsheets write it", async () => {
  const { rows } = await read(`sep=;\r\n${HEADER.replaceAll(",", ";")}\r\norders;4;6;NORMAL\r\n`);
  expect(rows).toMatchObject([{ line: 3, name: "orders", faults: [] }]);
});

describe("a file that is no import says why", () => {
  test.each([
    ["an empty file", "", "empty", {}],
    ["a header alone", `${HEADER}\n`, "noRows", {}],
    ["a wrong header", "Name,Queues\norders,4\n", "header", { columns: "TopicName, Perm, MessageType" }],
    ["a column twice", `${HEADER},topicname\norders,4,6,NORMAL,x\n`, "headerTwice", { column: "TopicName" }],
    ["a quote never closed", `${HEADER}\na1,4,6,NORMAL\na2,"4,6,NORMAL\na3,4,6,NORMAL\n`, "quoteOpen", { line: 3 }],
    ["a quote inside a cell", `${HEADER}\na1,4"4,6,NORMAL\n`, "quote", { line: 2 }],
    ["a picture", new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0]), "binary", {}],
    ["a workbook", new Uint8Array([0x50, 0x4b, 0x03, 0x04, 0x14, 0x00]), "binary", {}],
    ["bytes of no encoding", new Uint8Array([0xff, 0xff, 0xff, 0x41]), "encoding", {}],
  ])("%s", async (_, content, key, params) => {
    expect(await refused(content)).toMatchObject({ code: "CSV_UNREADABLE", key, params });
  });

  test("too many rows", async () => {
    const rows = (count: number) =>
      `${HEADER}\n${Array.from({ length: count }, (_, n) => `t-${n},1,6,NORMAL\n`).join("")}`;
    expect((await read(rows(IMPORT_MAX_ROWS))).rows).toHaveLength(IMPORT_MAX_ROWS);
    expect(await refused(rows(IMPORT_MAX_ROWS + 1))).toMatchObject({ key: "tooManyRows" });
  });

  const filled = (part: string) => HEADER + "\n" + part.repeat(Math.floor((IMPORT_MAX_BYTES - 100) / part.length));

  test.each([
    ["blank lines", filled(",\n"), "noRows"],
    ["blank lines in quotes", filled('"",""\n'), "noRows"],
    ["lines of one character", filled("x\n"), "tooManyRows"],
    ["rows of another width each", filled("a,\nb,c,d\n"), "tooManyRows"],
    ["line ends", filled("\r"), "noRows"],
    ["spaces", filled(" "), "noRows"],
    ["NULs", filled("\0"), "binary"],
    ["commas in a row", filled(","), "tooManyColumns"],
    ["commas in the header", filled(",").slice(HEADER.length), "tooManyColumns"],
    ["named columns", HEADER + filled(",name"), "tooManyColumns"],
    ["a quote that never closes", `${HEADER}\n"${filled("a,b\n")}`.slice(0, IMPORT_MAX_BYTES), "quoteOpen"],
    ["random bytes", new Uint8Array(randomBytes(IMPORT_MAX_BYTES).map((byte) => byte | 0x80)), "encoding"],
    ["UTF-16", new Uint8Array(Buffer.from(filled("a,b\n").slice(0, IMPORT_MAX_BYTES / 2), "utf16le")), "binary"],
  ])("5 MB of %s", async (_, content, key) => {
    expect(await refused(content)).toMatchObject({ code: "CSV_UNREADABLE", key });
  });

  test("too many bytes", async () => {
    expect(await refused(new Uint8Array(IMPORT_MAX_BYTES + 1))).toMatchObject({
      code: "PAYLOAD_TOO_LARGE",
      params: { max: IMPORT_MAX_BYTES },
    });
  });
});
