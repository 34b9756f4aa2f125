import { parseFastjson } from "../codec/fastjson.ts";
import type { JsonValue } from "../codec/json-value.ts";
import { beginningOf, decodeShape, int, opt, plain, str, stringFields, type Shape } from "../codec/shape.ts";
import type { RemotingCommand } from "./command.ts";

/** Bytes of a header: the answer to a batch of 30,000 messages lists all of their ids in it. */
export const MAX_HEADER_LENGTH = 1_048_576;
/** Characters of a remark that are kept: people read them, and some servers add a whole stack. */
const REMARK_KEPT = 2048;
/** Up to this length the engine cannot be kept busy by what a header nests. */
const SHORT = 4096;
const LONG_HEADER = { maxDepth: 8, maxValues: 2048 };
const EXT_FIELDS_MAX = 256;

const flagOr0 = opt(int, 0);
const remark = beginningOf(REMARK_KEPT);
const optionalRemark = opt(remark);
const languageOrNone = opt(str, "");
const extFields = opt(stringFields(EXT_FIELDS_MAX), Object.freeze({}));

/** Everything of a command but its body. */
export type CommandHeader = Omit<RemotingCommand, "body">;

/** Field by field, since a header comes with every answer and an object with fields by name takes twice as long. */
const RemotingHeader: Shape<CommandHeader> = {
  decode(value) {
    const header = plain.decode(value);
    return {
      code: int.decode(header["code"]),
      opaque: int.decode(header["opaque"]),
      flag: flagOr0.decode(header["flag"]),
      version: flagOr0.decode(header["version"]),
      language: languageOrNone.decode(header["language"]),
      remark: optionalRemark.decode(header["remark"]),
      extFields: extFields.decode(header["extFields"]),
    };
  },
};

/** Reads a header in JSON; throws what is wrong with it. */
export function jsonHeader(text: string): CommandHeader {
  return decodeShape(
    RemotingHeader,
    text.length <= SHORT ? (JSON.parse(text) as JsonValue) : parseFastjson(text, LONG_HEADER),
    "header",
  );
}

const languages = [
  "JAVA",
  "CPP",
  "DOTNET",
  "PYTHON",
  "DELPHI",
  "ERLANG",
  "RUBY",
  "OTHER",
  "HTTP",
  "GO",
  "PHP",
  "OMS",
  "RUST",
  "NODE_JS",
];

/** Reads `length` bytes from `at` on as text; a length that a server made up is refused. */
function textAt(bytes: Buffer, at: number, length: number): string {
  if (length < 0 || at + length > bytes.length) throw new RangeError(`a text of ${length} bytes`);
  return bytes.toString("utf8", at, at + length);
}

/** Layout in RocketMQSerializable.java: code i16, language i8, version i16, opaque i32, flag i32, remark (i32 length), ext fields (i32 bytes). Languages: LanguageCode.java. */
export function binaryHeader(header: Buffer): CommandHeader {
  const remarkLength = header.readInt32BE(13);
  const remarkText = textAt(header, 17, remarkLength);
  const extAt = 17 + remarkLength;
  const extLength = header.readInt32BE(extAt);
  if (extLength < 0 || extAt + 4 + extLength > header.length) throw new RangeError(`ext fields of ${extLength} bytes`);
  return {
    code: header.readInt16BE(0),
    language: languages[header.readInt8(2)] ?? "",
    version: header.readInt16BE(3),
    opaque: header.readInt32BE(5),
    flag: header.readInt32BE(9),
    remark: remarkLength > 0 ? remark.decode(remarkText) : undefined,
    extFields: binaryExtFields(header.subarray(extAt + 4, extAt + 4 + extLength)),
  };
}

function binaryExtFields(bytes: Buffer): Record<string, string> {
  const fields: Record<string, string> = {};
  let count = 0;
  for (let at = 0; at < bytes.length;) {
    if (++count > EXT_FIELDS_MAX) throw new RangeError(`more than ${EXT_FIELDS_MAX} ext fields`);
    const keyLength = bytes.readInt16BE(at);
    const key = textAt(bytes, at + 2, keyLength);
    at += 2 + keyLength;
    const valueLength = bytes.readInt32BE(at);
    fields[key] = textAt(bytes, at + 4, valueLength);
    at += 4 + valueLength;
  }
  return fields;
}
