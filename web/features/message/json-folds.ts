/** A line of indented JSON; `end` is the line that closes what this one opens. */
export interface JsonLine {
  text: string;
  end?: number;
}

/** Which lines of indented JSON open an object or array, and where it closes. */
export function jsonLines(indented: string): JsonLine[] {
  const open: JsonLine[] = [];
  return indented.split("\n").map((text, index) => {
    const line: JsonLine = { text };
    if (/^\s*[\]}],?$/.test(text)) {
      const opener = open.pop();
      if (opener) opener.end = index;
    }
    if (/[[{]$/.test(text)) open.push(line);
    return line;
  });
}

/** Indices of the lines that are seen while those in `folded` are closed. */
export function shownLines(lines: readonly JsonLine[], folded: ReadonlySet<number>): number[] {
  const shown: number[] = [];
  for (let index = 0; index < lines.length; index++) {
    shown.push(index);
    if (folded.has(index)) index = lines[index]?.end ?? index;
  }
  return shown;
}
