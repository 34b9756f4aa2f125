import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { ZipFile } from "yazl";

/** Office Open XML (ECMA-376) with one sheet of text and numbers, written row by row: a table of any length takes neither memory nor the time of others. */
const MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE = "http://schemas.openxmlformats.org/package/2006";
const TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml";
const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>';
const BOLD = 1;
/** Characters that a cell holds. */
const CELL_MAX = 32_767;

const escapes: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
/** XML knows no control characters but tab and line ends. */
const escaped = (text: string) =>
  text
    .slice(0, CELL_MAX)
    .replaceAll(/[^\P{Cc}\t\n\r]|[\uFFFE\uFFFF]/gu, "")
    .replaceAll(/[&<>"]/g, (character) => escapes[character] ?? "");

const files = (sheet: string): [string, string][] => [
  [
    "[Content_Types].xml",
    `<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
      `<Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${TYPES}.sheet.main+xml"/>` +
      `<Override PartName="/xl/worksheets/sheet1.xml" ContentType="${TYPES}.worksheet+xml"/><Override PartName="/xl/styles.xml" ContentType="${TYPES}.styles+xml"/></Types>`,
  ],
  [
    "_rels/.rels",
    `<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
  ],
  [
    "xl/workbook.xml",
    `<workbook xmlns="${MAIN}" xmlns:r="${RELATIONS}"><bookViews><workbookView/></bookViews><sheets><sheet name="${escaped(sheet)}" sheetId="1" r:id="rId1"/></sheets></workbook>`,
  ],
  [
    "xl/_rels/workbook.xml.rels",
    `<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/>` +
      `<Relationship Id="rId2" Type="${RELATIONS}/styles" Target="styles.xml"/></Relationships>`,
  ],
  [
    "xl/styles.xml",
    `<styleSheet xmlns="${MAIN}"><fonts count="2"><font><sz val="11"/></font><font><b/><sz val="11"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders>` +
      `<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="2"><xf xfId="0"/><xf xfId="0" fontId="${BOLD}" applyFont="1"/></cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`,
  ],
];

function letters(column: number): string {
  const last = String.fromCharCode(65 + (column % 26));
  return column < 26 ? last : letters(Math.floor(column / 26) - 1) + last;
}

type Cell = string | number;

function rowXml(cells: readonly Cell[], row: number, style = ""): string {
  const xml = cells.map((cell, column) => {
    const at = `r="${letters(column)}${row}"${style}`;
    return typeof cell === "number" && Number.isFinite(cell)
      ? `<c ${at}><v>${cell}</v></c>`
      : `<c ${at} t="inlineStr"><is><t xml:space="preserve">${escaped(String(cell))}</t></is></c>`;
  });
  return `<row r="${row}">${xml.join("")}</row>`;
}

interface Sheet {
  name: string;
  header: readonly string[];
  /** In characters. */
  widths: readonly number[];
  /** Some rows at a time. */
  rows: AsyncIterable<readonly (readonly Cell[])[]>;
}

async function* sheetXml({ header, widths, rows }: Sheet): AsyncGenerator<string> {
  const columns = widths.map((width, n) => `<col min="${n + 1}" max="${n + 1}" width="${width}" customWidth="1"/>`);
  yield `${HEAD}<worksheet xmlns="${MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols>${columns.join("")}</cols><sheetData>${rowXml(header, 1, ` s="${BOLD}"`)}`;
  let row = 1;
  for await (const some of rows) yield some.map((cells) => rowXml(cells, ++row)).join("");
  yield "</sheetData></worksheet>";
}

/** A workbook of one sheet, its header in sight; what is text stays text, so that nothing is a formula. */
export function workbook(sheet: Sheet): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [name, xml] of files(sheet.name)) zip.addBuffer(Buffer.from(HEAD + xml), name);
  zip.addReadStream(Readable.from(sheetXml(sheet)), "xl/worksheets/sheet1.xml");
  zip.end();
  return new Promise((resolve, reject) => {
    zip.on("error", reject);
    buffer(zip.outputStream).then(resolve, reject);
  });
}
