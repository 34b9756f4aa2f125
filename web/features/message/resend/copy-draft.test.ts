import { expect, test } from "vitest";
import { editsOf, linesOf, propertiesOf, textOf, type CopyDraft } from "./copy-draft.ts";

const draft: CopyDraft = {
  target: "orders",
  onlyGroup: false,
  tag: "PAID",
  keys: "k1 k2",
  properties: "city=上海\nformula=a=b",
  body: undefined,
  delaySeconds: null,
};

test("what nobody touched goes as it is stored", () => {
  expect(editsOf(draft, draft)).toEqual({ onlyGroup: false });
});

test("what was emptied is taken away, and what was changed is sent", () => {
  const edited = { ...draft, tag: " ", keys: "k3", properties: "city=北京", body: "new", target: "other" };
  expect(editsOf(edited, draft)).toEqual({
    onlyGroup: false,
    target: "other",
    tag: null,
    keys: "k3",
    properties: { city: "北京" },
    body: { encoding: "text", content: "new" },
  });
});

test("a line that is no property, or an empty body, is not sent", () => {
  expect(propertiesOf("city=上海\n\nformula=a=b")).toEqual({ city: "上海", formula: "a=b" });
  for (const lines of ["city", "=上海", "city= "]) expect(propertiesOf(lines)).toBeUndefined();
  expect(editsOf({ ...draft, body: "" }, draft)).toBeUndefined();
});

test("properties that lines cannot tell, and bodies that are no text or are cut, are not edited", () => {
  const own = (name: string, value: string) => ({ properties: [{ name, value, system: false }] });
  expect(linesOf(own("a", "b=c"))).toBe("a=b=c");
  expect(linesOf(own("a=b", "c"))).toBeUndefined();
  expect(linesOf(own("a", "b\nc"))).toBeUndefined();
  const body = (bytes: readonly number[], truncated = false) => ({
    body: {
      base64: btoa(String.fromCharCode(...bytes)),
      size: bytes.length,
      isLarger: false,
      truncated,
      unpacked: null,
    },
  });
  expect(textOf(body([104, 105]))).toBe("hi");
  expect(textOf(body([255, 254, 0]))).toBeUndefined();
  expect(textOf(body([104], true))).toBeUndefined();
  expect(textOf({ body: null })).toBeUndefined();
});
