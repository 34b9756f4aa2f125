import { randomBytes } from "node:crypto";
import iconv from "iconv-lite";
import { describe, expect, test } from "vitest";
import { IMPORT_MAX_BYTES, IMPORT_MAX_ROWS } from "#contract/rules/limits.ts";
import { Problem } from "../../base/problem.ts";
import { groupKind } from "./group-kind.ts";
import { readTextFile } from "./import-file.ts";
import { CELL_MAX, readRows } from "./import-rows.ts";
import { topicKind } from "./topic-kind.ts";

const HEADER = "TopicName,QueueNums,Perm,MessageType";

async function read(content: string | Uint8Array<ArrayBuffer>, kind = topicKind) {
  const file = await readTextFile(new File([content], "topics.csv"));
  return { ...file, ...(await readRows(kind, file.text)) };
}

async function refused(content: string | Uint8Array<ArrayBuffer>) {
  const error: unknown = await read(content).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Problem)) throw new Error(`expected a problem, got ${String(error)}`);
  return { code: error.code, key: error.data.issues?.[0]?.message, params: error.data.params };
}

const utf16 = (text: string) => new Uint8Array(Buffer.from(text, "utf16le"));
const gbk = (text: string) => new Uint8Array(iconv.encode(text, "gbk"));

test("a row is read as it would be written", async () => {
  const { rows } = await read(`${HEADER}\norders, 4 ,rw,fifo\n`);
  expect(rows).toEqual([
    {
      n: 1,
      line: 2,
      name: "orders",
      values: { TopicName: "orders", QueueNums: "4", Perm: "6", MessageType: "FIFO" },
      faults: [],
    },
  ]);
});

test.each([
  ["UTF-8", `${HEADER}\norders,4,6,NORMAL\n`],
  ["UTF-8", `\uFEFF${HEADER}\r\norders,4,6,NORMAL\r\n`],
  ["UTF-8", `${HEADER}\rorders,4,6,NORMAL\r`],
  ["UTF-8", "消息类型;权限;队列数;主题名称\n普通;读写;4;orders\n"],
  ["UTF-16", utf16(`\uFEFF${HEADER}\r\norders,4,6,NORMAL\r\n`)],
  ["UTF-16", utf16(`${HEADER}\r\norders,4,6,NORMAL\r\n`.replaceAll(",", "\t"))],
  ["UTF-16", new Uint8Array(Buffer.from(utf16(`\uFEFF${HEADER}\norders,4,6,NORMAL\n`)).swap16())],
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
    `${HEADER},More\r\n\r\na1,1,6,NORMAL,"two\r\nlines"\r\n,,,,\r\na2,1,6,NORMAL,\r\n`,
  );
  expect(rows.map(({ n, line, name }) => [n, line, name])).toEqual([
    [1, 3, "a1"],
    [2, 6, "a2"],
  ]);
  expect(ignoredColumns).toEqual(["More"]);
});

test.each([
  [",4,6,NORMAL", "name.empty", "TopicName"],
  ["orders,1e1,6,NORMAL", "number", "QueueNums"],
  ["orders,,6,NORMAL", "required", "QueueNums"],
  ["orders,4,7,NORMAL", "perm", "Perm"],
  ["orders,4,6,BAD", "type", "MessageType"],
  ["orders,4,6,NORMAL,more", "cells", undefined],
])("the row %s cannot be read: %s", async (row, key, column) => {
  const { rows } = await read(`${HEADER}\n${row}\n`);
  expect(rows[0]?.faults).toMatchObject([{ key, ...(column === undefined ? {} : { column }) }]);
});

test("what a row does not say is not known of it", async () => {
  const { rows } = await read(`${HEADER},Order\norders,4,6,,\n`);
  expect(rows).toMatchObject([{ values: { TopicName: "orders", QueueNums: "4", Perm: "6" }, faults: [] }]);
  expect(Object.keys(rows[0]?.values ?? {})).toHaveLength(3);
});

test("rows that differ in their brokers alone are one", async () => {
  const { rows, columns } = await read(
    `${HEADER},BrokerName\na,4,6,NORMAL,b1\na,4,6,NORMAL,b2\na,8,6,NORMAL,b3\nb,4,6,NORMAL,b2;b1\nb,4,6,NORMAL,\nb,4,6,NORMAL,\n`,
  );
  expect(rows.map(({ n, line, name, values }) => [n, line, name, values["QueueNums"], values["BrokerName"]])).toEqual([
    [1, 2, "a", "4", "b1;b2"],
    [2, 4, "a", "8", "b3"],
    [3, 5, "b", "4", "b1;b2"],
    [4, 6, "b", "4", undefined],
    [5, 7, "b", "4", undefined],
  ]);
  expect(columns).toEqual([...HEADER.split(","), "BrokerName"]);
});

test("a row may name as many brokers as a cluster has, and one named twice counts once", async () => {
  const names = Array.from({ length: 256 }, (_, n) => `${n}-`.padEnd(127, "b")).sort();
  const lines = [names.join(";"), `${names[7]};${names[3]}`].map((brokers) => `orders,4,6,NORMAL,"${brokers}"`);
  const { rows } = await read([`${HEADER},BrokerName`, ...lines].join("\n"));
  expect(rows.map(({ values, faults }) => [values["BrokerName"]?.split(";"), faults])).toEqual([[names, []]]);
});

test("a cell that is too long is a fault, in quotes too, and is never cut to something else", async () => {
  const long = `${"b1;".repeat(CELL_MAX / 3)}b2`;
  for (const cell of [long, `"${long}"`]) {
    const { rows } = await read(`${HEADER},BrokerName,Remark\norders,4,6,NORMAL,${cell},x\n`);
    expect(rows[0]?.faults).toMatchObject([{ key: "tooLong", column: "BrokerName", params: { max: CELL_MAX } }]);
  }
  const fits = "r".repeat(CELL_MAX);
  const { rows } = await read(`${HEADER},Remark\norders,4,6,NORMAL,"${fits}"\nbills,4,6,NORMAL,${fits}r\n`);
  expect(rows.map(({ values, faults }) => [values["Remark"]?.length, faults[0]?.key])).toEqual([
    [CELL_MAX, undefined],
    [80, "tooLong"],
  ]);
});

test.each([
  ["FIFO,message.type=FIFO", "FIFO", undefined, undefined],
  [",cleanup.policy=COMPACTION;message.type=fifo", "FIFO", "cleanup.policy=COMPACTION", undefined],
  ["NORMAL,message.type=FIFO", "NORMAL", "message.type=FIFO", "typeTwice"],
  [",message.type=BAD", undefined, "message.type=BAD", "typeTwice"],
  ["FIFO,a=1;a=2", "FIFO", "a=1;a=2", "attributes"],
])("a type among the attributes agrees with its own column or is a fault: %s", async (cells, type, others, fault) => {
  const { rows } = await read(`${HEADER},Attributes\norders,4,6,${cells}\n`);
  expect(rows.map(({ values, faults }) => [values["MessageType"], values["Attributes"], faults[0]?.key])).toEqual([
    [type, others, fault],
  ]);
});

test("settings that are off by -1 are read as they are exported", async () => {
  const { rows } = await read("GroupName,MaxRetryTimes,RetryQueueNums,BrokerId\na,-1,'-1,007\n", groupKind);
  expect(rows).toMatchObject([{ values: { MaxRetryTimes: "-1", RetryQueueNums: "-1", BrokerId: "7" }, faults: [] }]);
});

describe("files of others are read, and what is passed over is named", () => {
  test("the manual's template of topics", async () => {
    const { rows, ignoredColumns } = await read(
      "Topic名称,是否有序,队列数,读写权限,备注,,\ncall_outer_6,FALSE,10,6,1)是否有序,,\nsen_fee_6,TRUE,8,4,,,\n",
    );
    expect(ignoredColumns).toEqual([]);
    expect(rows.map(({ values, faults }) => [values, faults])).toEqual([
      [{ TopicName: "call_outer_6", Order: "false", QueueNums: "10", Perm: "6", Remark: "1)是否有序" }, []],
      [{ TopicName: "sen_fee_6", Order: "true", QueueNums: "8", Perm: "4" }, []],
    ]);
  });

  test("the vendor's export, a row for each broker", async () => {
    const { rows, ignoredColumns } = await read(
      gbk(
        "topic名称,queue数量,读写权限,broker名称,broker IP,集群名称,是否有序\r\n" +
          "huxl,8,4,broker_1,10.0.0.1:8245,c1,true\r\nhuxl,8,4,broker_2,10.0.0.2:8245,c1,true\r\nzipkin,4,6,broker_1,10.0.0.1:8245,c1,false\r\n",
      ),
    );
    expect(ignoredColumns).toEqual(["broker IP", "集群名称"]);
    expect(rows.map(({ values }) => values)).toEqual([
      { TopicName: "huxl", QueueNums: "8", Perm: "4", Order: "true", BrokerName: "broker_1;broker_2" },
      { TopicName: "zipkin", QueueNums: "4", Perm: "6", Order: "false", BrokerName: "broker_1" },
    ]);
  });

  test.each([
    ["groupname,最大重试次数\nbilling,16\n", { GroupName: "billing", MaxRetryTimes: "16" }, []],
    ["订阅组名,最大重试次数\nbilling,3\n", { GroupName: "billing", MaxRetryTimes: "3" }, []],
    ["消费组名,最大重试次数\nbilling,3\n", { GroupName: "billing", MaxRetryTimes: "3" }, []],
    [
      "订阅组名,消费机制,消费起始位,topic权限,备注\nbilling,2,2,topicA,账单\n",
      { GroupName: "billing", Remark: "账单" },
      ["消费机制", "消费起始位", "topic权限"],
    ],
  ])("groups: %s", async (content, values, passedOver) => {
    const { rows, ignoredColumns } = await read(content, groupKind);
    expect(rows.map((row) => [row.values, row.faults])).toEqual([[values, []]]);
    expect(ignoredColumns).toEqual(passedOver);
  });
});

test("a retry policy is read in the words of mqadmin, however it is spaced", async () => {
  const { rows } = await read(
    `GroupName,RetryPolicy\na,"{ ""exponentialRetryPolicy"": { ""max"": 9000 }, ""type"": ""EXPONENTIAL"" }"\nb,fast\n`,
    groupKind,
  );
  expect(rows[0]?.values["RetryPolicy"]).toBe(
    '{"type":"EXPONENTIAL","exponentialRetryPolicy":{"initial":5000,"max":9000,"multiplier":2}}',
  );
  expect(rows[1]?.faults[0]?.key).toBe("policy");
});

test("a spreadsheet with empty rows and ragged ones is read, however many they are", async () => {
  const { rows } = await read(`${HEADER}\n${",,,,,\n".repeat(200_000)}orders,4,6,NORMAL,,\n${",\n".repeat(900_000)}`);
  expect(rows).toMatchObject([{ n: 1, line: 200_002, name: "orders", faults: [] }]);
});

test("a cell as long as the file is kept no longer than anybody could use it", async () => {
  for (const cell of ["x".repeat(5_000_000), `"${'""'.repeat(2_500_000)}"`]) {
    const { rows } = await read(`${HEADER}\n${cell},4,6,NORMAL\n`);
    expect(rows[0]?.name.length).toBeLessThanOrEqual(80);
    expect(rows[0]?.faults).toMatchObject([{ key: "tooLong", column: "TopicName", params: { max: CELL_MAX } }]);
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
    ["a wrong header", "Name,Queues\norders,4\n", "header", { columns: "TopicName, Perm" }],
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
    ["UTF-16", utf16(filled("a,b\n").slice(0, IMPORT_MAX_BYTES / 2)), "tooManyRows"],
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
