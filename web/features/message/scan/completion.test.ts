import { expect, test } from "vitest";
import { completionsOf } from "./completion.ts";

const labels = (typed: string) => completionsOf(typed).map(({ label }) => label);

test("names that begin so are offered, with what stood before them", () => {
  expect(completionsOf('tag == "a" && bo')).toContainEqual({
    value: 'tag == "a" && body.text',
    label: "body.text",
    type: "string",
  });
  expect(labels("")).toContain("tag");
});

test("after a point its functions are offered, and within a text nothing", () => {
  expect(labels("body.text.st")).toEqual(["startsWith()"]);
  expect(completionsOf("tag.cont")[0]?.value).toBe("tag.contains(");
  expect(labels('tag == "bo')).toEqual([]);
  expect(labels("pr")).toEqual(["props"]);
});

test("after a whole operand nothing is offered, after an operator all names are", () => {
  expect(labels('tag == "a"')).toEqual([]);
  expect(labels("size > 100")).toEqual([]);
  expect(labels('tag == "a" && ')).toContain("body.text");
});
