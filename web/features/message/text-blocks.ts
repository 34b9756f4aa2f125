/** Some lines of a text, as one box that is laid out only when it comes into view. */
export interface TextBlock {
  text: string;
  /** Whether the text goes on in the next block without a line end. */
  goesOn: boolean;
  lines: number;
}

const LINES_A_BLOCK = 100;
/** Of one line: shaping marks that combine, or scripts of right and left, takes time by the square of what has no end. */
const CHARS_A_PIECE = 500;
const CHARS_A_BLOCK = 2000;
/** What is laid out at once without anybody noticing. */
const FIELD_LINES = 500;
const FIELD_CHARS = 16_384;

const pieceEnd = (text: string, from: number): number => {
  const end = from + CHARS_A_PIECE;
  const code = text.charCodeAt(end - 1);
  // Two halves of a character stay together.
  return code >= 0xd800 && code < 0xdc00 ? end - 1 : end;
};

/** Whether a line is laid out fast in one piece. */
export const isEasyLine = (line: string): boolean =>
  line.length <= CHARS_A_PIECE || (line.length <= FIELD_CHARS && /^[ -~]*$/.test(line));

/** Whether a text is laid out fast in one piece. */
export function fitsField(text: string): boolean {
  if (text.length > FIELD_CHARS) return false;
  const lines = text.split("\n");
  return lines.length <= FIELD_LINES && lines.every(isEasyLine);
}

/** A text cut into blocks of about the same small size, whatever its lines are like. */
export function textBlocks(text: string): TextBlock[] {
  const blocks: TextBlock[] = [];
  let start = 0;
  let lines = 0;
  const end = (at: number, goesOn: boolean, next = at): void => {
    blocks.push({ text: text.slice(start, at), goesOn, lines });
    start = next;
    lines = 0;
  };
  for (let at = 0; at < text.length;) {
    const newline = text.indexOf("\n", at);
    const lineEnd = newline === -1 ? text.length : newline;
    lines += 1;
    if (lineEnd - at > CHARS_A_PIECE) {
      at = pieceEnd(text, at);
      end(at, true);
      continue;
    }
    at = lineEnd + 1;
    if (lines >= LINES_A_BLOCK || lineEnd - start >= CHARS_A_BLOCK) end(lineEnd, false, at);
  }
  if (start < text.length) end(text.length, false);
  return blocks;
}
