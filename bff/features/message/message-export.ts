import { isUtf8 } from "node:buffer";
import { StringDecoder } from "node:string_decoder";
import { stringify } from "csv-stringify/sync";
import type { ExportForm } from "#contract/rules/message-export.ts";
import type { JobFile } from "../../jobs/job-file.ts";
import { BodyTooLarge, unpackInPieces } from "../../rocketmq/codec/compression.ts";
import type { StoredMessage } from "../../rocketmq/codec/stored-message.ts";
import { asRocketMQError } from "../../rocketmq/errors.ts";

/** What an export says of a message apart from what every message has. */
export type ExportCells = Readonly<Record<string, string | number | null>>;

/** Where a record lies that cannot be read. */
export interface BrokenPlace {
  topic: string;
  brokerName: string;
  queueId: number;
  queueOffset: string;
}

/** `written` whole, `marked` as not to be trusted, or with no room left in the file. */
export type Exported = "written" | "marked" | "full";

/** Bodies up to here are written at once; a multiple of what base64 makes four letters of. */
const PIECE = 192 * 1024;

const time = (at: number) => new Date(at).toISOString();

const cellsOf = (message: StoredMessage): ExportCells => ({
  topic: message.topic,
  brokerName: message.brokerName ?? "",
  queueId: message.queueId,
  queueOffset: message.queueOffset.toString(),
  msgId: message.msgId,
  offsetMsgId: message.offsetMsgId,
  tags: message.tags ?? null,
  keys: message.keys ?? null,
  storedAt: time(message.storeTimestamp),
  bornAt: time(message.bornTimestamp),
  bornHost: message.bornHost,
  reconsumeTimes: message.reconsumeTimes,
  flag: message.flag,
  sysFlag: message.sysFlag,
});

const USUAL =
  "topic brokerName queueId queueOffset msgId offsetMsgId tags keys storedAt bornAt bornHost reconsumeTimes flag sysFlag".split(
    " ",
  );
const LAST = ["properties", "problem", "bodyEncoding"];

type Body = { problem: string | null; isText: boolean } & (
  | { bytes: Buffer }
  | { bytes?: undefined; pieces: () => AsyncIterable<Buffer> }
);

const isText = (bytes: Buffer): boolean => !bytes.includes(0) && isUtf8(bytes);

/** Of a body that is too large to be held: whether all of it is text. Throws where it cannot be unpacked. */
async function areText(pieces: AsyncIterable<Buffer>): Promise<boolean> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let text = true;
  for await (const piece of pieces) {
    if (!text) continue;
    try {
      decoder.decode(piece, { stream: true });
      text = !piece.includes(0);
    } catch {
      text = false;
    }
  }
  return text;
}

/** The body as its producer gave it; as it is stored, and marked, where it cannot be unpacked. */
async function bodyOf(message: StoredMessage): Promise<Body> {
  const { compression, storedBody } = message;
  const problem = message.bodyIntact ? null : "BODY_DAMAGED";
  try {
    try {
      const bytes = await message.unpackedBody();
      return { problem, isText: isText(bytes), bytes };
    } catch (error) {
      if (!(error instanceof BodyTooLarge) || compression === undefined) throw error;
      const pieces = () => unpackInPieces(storedBody, compression);
      return { problem, isText: await areText(pieces()), pieces };
    }
  } catch (error) {
    asRocketMQError(error);
    return { problem: "BODY_NOT_UNPACKED", isText: false, bytes: storedBody };
  }
}

/** Bytes in pieces of which each is base64 by itself. */
async function* aligned(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
  let left = Buffer.alloc(0);
  for await (const piece of pieces) {
    const all = Buffer.concat([left, piece]);
    const whole = all.length - (all.length % 3);
    if (whole > 0) yield all.subarray(0, whole);
    left = all.subarray(whole);
  }
  if (left.length > 0) yield left;
}

async function* cut(bytes: Buffer): AsyncGenerator<Buffer, void> {
  for (let at = 0; at < bytes.length; at += PIECE) yield bytes.subarray(at, at + PIECE);
}

async function* textOf(pieces: AsyncIterable<Buffer>, asText: boolean): AsyncGenerator<string, void> {
  if (!asText) {
    for await (const piece of aligned(pieces)) yield piece.toString("base64");
    return;
  }
  const decoder = new StringDecoder("utf8");
  for await (const piece of pieces) yield decoder.write(piece);
  yield decoder.end();
}

const CSV = { record_delimiter: "\r\n", escape_formulas: true } as const;
/** What begins a formula in a spreadsheet, as the writer of other tables knows it. */
const FORMULA = /^[=+\-@\t\r＝＋－＠]/;

const csvCell = (value: unknown): string =>
  value === undefined || value === null ? "" : typeof value === "string" ? value : JSON.stringify(value);

async function* csvPieces(cells: readonly string[], body: AsyncIterable<string>) {
  yield `${stringify([cells], CSV).slice(0, -CSV.record_delimiter.length)},"`;
  let first = true;
  for await (const text of body) {
    yield `${first && FORMULA.test(text) ? "'" : ""}${text.replaceAll('"', '""')}`;
    first &&= text === "";
  }
  yield `"${CSV.record_delimiter}`;
}

async function* jsonPieces(cells: object, body: AsyncIterable<string>) {
  yield `${JSON.stringify(cells).slice(0, -1)},"body":"`;
  for await (const text of body) yield JSON.stringify(text).slice(1, -1);
  yield `"}\n`;
}

/**
 * Messages as records of a job's file, however many and whatever their size: a large body is written piece by piece. As text a body is told where it is
 * UTF-8, else as base64; `bodyEncoding` says which.
 */
export class MessageExport {
  readonly #file: JobFile;
  readonly #form: ExportForm;
  readonly #own: readonly string[];
  readonly #cells: (message: StoredMessage) => ExportCells;

  /** `own` are the names of what `cells` adds to a message. */
  constructor(file: JobFile, form: ExportForm, own: readonly string[], cells: (message: StoredMessage) => ExportCells) {
    this.#file = file;
    this.#form = form;
    this.#own = own;
    this.#cells = cells;
  }

  /** Name and type of a file in that format. */
  static named(name: string, { format }: Pick<ExportForm, "format">): { name: string; type: string } {
    const type = format === "csv" ? "text/csv;charset=utf-8" : "application/x-ndjson;charset=utf-8";
    return { name: `${name}.${format}`, type };
  }

  /** The headings, where the format has some. */
  async begin(): Promise<void> {
    if (this.#form.format === "csv")
      await this.#file.add(stringify([[...this.#names(), "body"]], { ...CSV, bom: true }));
  }

  async add(message: StoredMessage): Promise<Exported> {
    const body = await bodyOf(message);
    const asText = body.isText && this.#form.body === "text";
    const cells = {
      ...cellsOf(message),
      ...this.#cells(message),
      properties: Object.fromEntries(message.properties),
      problem: body.problem,
      bodyEncoding: asText ? "text" : "base64",
    };
    const isIn = await this.#file.add(
      body.bytes !== undefined && body.bytes.length <= PIECE
        ? this.#whole(cells, body.bytes.toString(asText ? "utf8" : "base64"))
        : this.#inPieces(cells, textOf(body.bytes === undefined ? body.pieces() : cut(body.bytes), asText)),
    );
    if (!isIn) return "full";
    return body.problem === null ? "written" : "marked";
  }

  /** A record that cannot be read, at its place. */
  async mark(place: BrokenPlace, problem: string): Promise<Exported> {
    return (await this.#file.add(this.#whole({ ...place, problem }, ""))) ? "marked" : "full";
  }

  #names(): string[] {
    return [...USUAL, ...this.#own, ...LAST];
  }

  #row(cells: Readonly<Record<string, unknown>>): string[] {
    return this.#names().map((name) => csvCell(cells[name]));
  }

  #whole(cells: Readonly<Record<string, unknown>>, body: string): string {
    if (this.#form.format === "jsonl") return `${JSON.stringify({ ...cells, body })}\n`;
    return stringify([[...this.#row(cells), body]], CSV);
  }

  #inPieces(cells: Readonly<Record<string, unknown>>, body: AsyncIterable<string>): AsyncIterable<string> {
    return this.#form.format === "jsonl" ? jsonPieces(cells, body) : csvPieces(this.#row(cells), body);
  }
}
