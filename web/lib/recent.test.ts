import { expect, test } from "vitest";
import { withOpened, type Recent } from "./recent.ts";

test("what was opened last comes first, once, and of a topic and a group of one name there are two", () => {
  const opened: Recent[] = [
    { kind: "topic", name: "orders" },
    { kind: "group", name: "orders" },
    { kind: "topic", name: "payments" },
    { kind: "topic", name: "orders" },
  ];
  expect(opened.reduce<Recent[]>(withOpened, [])).toEqual([
    { kind: "topic", name: "orders" },
    { kind: "topic", name: "payments" },
    { kind: "group", name: "orders" },
  ]);
});

test("a few are remembered", () => {
  const opened = Array.from({ length: 20 }, (_, n): Recent => ({ kind: "topic", name: `t${n}` }));
  expect(opened.reduce<Recent[]>(withOpened, []).map(({ name }) => name)).toEqual(["t19", "t18", "t17", "t16", "t15"]);
});
