import { expect, test } from "vitest";
import { visible } from "./visible.ts";

test("marks that turn the direction of a name, or hide in it, are shown by their code points", () => {
  expect(visible("orders\u202Evsc.exe")).toBe("orders[U+202E]vsc.exe");
  const marks = [
    0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069, 0x200b, 0x200e, 0x200f, 0xfeff,
  ];
  for (const mark of marks) {
    const shown = `a[U+${mark.toString(16).toUpperCase()}]b`;
    expect(visible(`a${String.fromCodePoint(mark)}b`)).toBe(shown);
  }
  expect(visible("a\u0000b\u001Bc\u0085d\u00ADe")).toBe("a[U+0000]b[U+001B]c[U+0085]d[U+00AD]e");
  expect(visible("pay\u200Dment")).toBe("pay[U+200D]ment");
});

test("names, lines and emoji are left as they are", () => {
  for (const name of [
    "orders",
    "%RETRY%group",
    "订单-主题",
    "line\none\ttab",
    "👩\u200D💻",
    "می\u200Cخواهم",
    "مرحبا",
  ]) {
    expect(visible(name)).toBe(name);
  }
});
