/** Deeper or longer than this no indenting helps to read, and its spaces alone may be a thousand times the source. */
const DEPTH_MAX = 100;
const GROWTH_MAX = 8;
const ALWAYS_FITS = 65_536;

/** Without a text it is JSON, but too deep or too long to be indented. */
interface IndentedJson {
  text?: string;
  isTooDeep: boolean;
}

/** Indents JSON by its tokens, so that longs beyond 2^53 stay as they are; undefined when it is none. */
export function indentJson(source: string): IndentedJson | undefined {
  const trimmed = source.trim();
  if (!/^[[{]/.test(trimmed)) return undefined;
  try {
    JSON.parse(trimmed);
  } catch {
    return undefined;
  }
  const longest = Math.max(ALWAYS_FITS, GROWTH_MAX * trimmed.length);
  let depth = 0;
  let out = "";
  let before = "";
  const line = (): string => `\n${"  ".repeat(depth)}`;
  for (const [token] of trimmed.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"|[[\]{},:]|[^\s[\]{},:"]+/g)) {
    const closes = token === "}" || token === "]";
    const opened = before === "{" || before === "[";
    if (closes) depth -= 1;
    // What opens breaks the line only once something is in it.
    if (closes ? !opened : opened || before === ",") out += line();
    out += token === ":" ? ": " : token;
    if (token === "{" || token === "[") depth += 1;
    if (depth > DEPTH_MAX || out.length > longest) return { isTooDeep: true };
    before = token;
  }
  return { text: out, isTooDeep: false };
}
