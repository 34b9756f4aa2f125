import fc from "fast-check";
import { expect, test } from "vitest";
import { fitsField, textBlocks } from "./text-blocks.ts";

const SIZE = 256 * 1024;
const joined = (text: string) =>
  textBlocks(text)
    .map((block) => block.text + (block.goesOn ? "" : "\n"))
    .join("");

test("a text cut into blocks is whole", () => {
  const part = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom("\n", "\n\n\n", "x".repeat(499), "😀".repeat(600), "y\n".repeat(300), "z".repeat(3000)),
  );
  fc.assert(
    fc.property(fc.array(part, { minLength: 1 }), (parts) => {
      const text = parts.join("");
      fc.pre(text !== "");
      // The last line may end or not: a box shows no difference.
      expect([text, `${text}\n`]).toContain(joined(text));
    }),
  );
});

test.each([
  ["of marks that all combine with one letter", `e${"\u0301".repeat(SIZE / 2 - 1)}`],
  ["of one line from right to left", "א".repeat(SIZE / 2)],
  ["of line ends alone", "\n".repeat(SIZE)],
  ["of short lines", "ab\n".repeat(SIZE / 3)],
  ["of emoji", "😀".repeat(SIZE / 4)],
  ["of one bracket", "[".repeat(SIZE)],
])("a body of 256 KiB %s is laid out in small blocks", (_, text) => {
  expect(fitsField(text)).toBe(false);
  const blocks = textBlocks(text);
  expect(blocks.length).toBeLessThan(3000);
  expect(Math.max(...blocks.map((block) => block.lines))).toBeLessThanOrEqual(100);
  expect(Math.max(...blocks.map((block) => block.text.length))).toBeLessThanOrEqual(2600);
  const lines = blocks.flatMap((block) => block.text.split("\n"));
  expect(lines.filter((line) => line.length > 500)).toEqual([]);
  const halved = blocks.filter((block) => Buffer.from(block.text).toString() !== block.text);
  expect(halved).toEqual([]);
});

test("what people write stays one field", () => {
  expect(fitsField('{"order":1}')).toBe(true);
  expect(fitsField(`Stack\n${"\tat com.example.Shop\n".repeat(200)}`)).toBe(true);
  expect(fitsField(`{"s":"${"x".repeat(10_000)}"}`)).toBe(true);
});
