import { inflateRawSync } from "node:zlib";
import { readSheet } from "read-excel-file/node";
import { expect, test } from "vitest";
import { csvOf, tableFile, type Columns } from "./table-file.ts";

interface Row {
  name: string;
  count: number;
}
const columns: Columns<Row> = { Name: ({ name }) => name, Count: ({ count }) => count };
const rows = (count: number): Row[] => Array.from({ length: count }, (_, n) => ({ name: `row ${n}`, count: n }));

/** Files of a ZIP, by its central directory. */
function unzip(bytes: Buffer): Map<string, string> {
  const end = bytes.lastIndexOf("PK\u0005\u0006");
  const files = new Map<string, string>();
  let at = bytes.readUInt32LE(end + 16);
  for (let left = bytes.readUInt16LE(end + 10); left > 0; left--) {
    const nameLength = bytes.readUInt16LE(at + 28);
    const name = bytes.toString("utf8", at + 46, at + 46 + nameLength);
    const local = bytes.readUInt32LE(at + 42);
    const from = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
    const text = inflateRawSync(bytes.subarray(from, from + bytes.readUInt32LE(at + 20)));
    expect(text).toHaveLength(bytes.readUInt32LE(at + 24));
    files.set(name, text.toString());
    at += 46 + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  return files;
}

async function sheetOf(table: Row[]): Promise<string> {
  const file = await tableFile("xlsx", { name: "topics", rows: table, columns, failures: [] });
  expect(file.name).toBe("topics.xlsx");
  const files = unzip(Buffer.from(await file.arrayBuffer()));
  expect([...files.keys()]).toEqual([
    "[Content_Types].xml",
    "_rels/.rels",
    "xl/workbook.xml",
    "xl/_rels/workbook.xml.rels",
    "xl/styles.xml",
    "xl/worksheets/sheet1.xml",
  ]);
  return files.get("xl/worksheets/sheet1.xml") ?? "";
}

test("a workbook has a row of headings and one for each row, numbers as numbers", async () => {
  const sheet = await sheetOf(rows(2));
  expect(sheet.slice(sheet.indexOf("<sheetData>"))).toBe(
    "<sheetData>" +
      '<row r="1"><c r="A1" s="1" t="inlineStr"><is><t xml:space="preserve">Name</t></is></c><c r="B1" s="1" t="inlineStr"><is><t xml:space="preserve">Count</t></is></c></row>' +
      '<row r="2"><c r="A2" t="inlineStr"><is><t xml:space="preserve">row 0</t></is></c><c r="B2"><v>0</v></c></row>' +
      '<row r="3"><c r="A3" t="inlineStr"><is><t xml:space="preserve">row 1</t></is></c><c r="B3"><v>1</v></c></row>' +
      "</sheetData></worksheet>",
  );
});

test("a workbook is read by another program as it was meant", async () => {
  const file = await tableFile("xlsx", { name: "topics", rows: rows(250), columns, failures: [] });
  const [head, ...read] = await readSheet(Buffer.from(await file.arrayBuffer()));
  expect(head).toEqual(["Name", "Count"]);
  expect(read).toEqual(rows(250).map(({ name, count }) => [name, count]));
});

test("text stays text in a workbook, whatever is in it", async () => {
  const sheet = await sheetOf([{ name: `=1+1&<b>"\u0000\u0008\uFFFE\uD800`, count: NaN }]);
  expect(sheet).toContain(
    '<c r="A2" t="inlineStr"><is><t xml:space="preserve">=1+1&amp;&lt;b&gt;&quot;\uFFFD</t></is></c>',
  );
  expect(sheet).toContain('<c r="B2" t="inlineStr">');
  expect(await sheetOf([{ name: "x".repeat(40_000), count: 1 }])).toContain(`>${"x".repeat(32_767)}<`);
});

test("a CSV of any length is whole, with one mark and no formula", async () => {
  const csv = (await csvOf([{ name: "=1+1", count: 1 }, ...rows(250)], columns)).join("");
  const lines = csv.split("\r\n");
  expect(lines.slice(0, 3)).toEqual(["\uFEFFName,Count", "'=1+1,1", "row 0,0"]);
  expect(lines).toHaveLength(253);
  expect(csv.lastIndexOf("\uFEFF")).toBe(0);
});

test.each(["csv", "xlsx"] as const)("others are answered while a long table is written as %s", async (format) => {
  let turns = 0;
  const counting = setInterval(() => (turns += 1), 0);
  const file = await tableFile(format, { name: "topics", rows: rows(50_000), columns, failures: [] });
  clearInterval(counting);
  expect(file.size).toBeGreaterThan(100_000);
  expect(turns).toBeGreaterThan(3);
});
