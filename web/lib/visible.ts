/** What is not seen and changes how other characters are read or shown: marks of direction, joiners between Latin letters, controls. */
const UNSEEN = /[\p{Cc}\p{Cf}\u2028\u2029]/gu;
/** Lines of a remark, and what joins emoji and letters of some scripts. */
const MEANT = /[\n\r\t\u200c\u200d]/;
const isAscii = (text: string) => /^[\x20-\x7e]*$/.test(text);

/** A name of a stranger as it is, with what is not seen told by its code point: `a[U+202E]b`. For eyes only; what is copied stays. */
export function visible(name: string): string {
  if (isAscii(name)) return name;
  return name.replaceAll(UNSEEN, (mark, at: number) => {
    const before = name.slice(0, at).at(-1) ?? "a";
    if (MEANT.test(mark) && (mark < " " || !isAscii(before))) return mark;
    return `[U+${(mark.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}]`;
  });
}
