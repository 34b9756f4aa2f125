import { expect, test } from "vitest";
import { permOf, topicCells, valuesOf } from "./resource-values.ts";

const config = {
  topicName: "t",
  readQueueNums: 4,
  writeQueueNums: 4,
  topicFilterType: "SINGLE_TAG",
  topicSysFlag: 0,
  order: false,
  attributes: new Map<string, string>(),
};

test("the cells of a topic tell every bit of its permission, and an import makes it of them", () => {
  const perms = Array.from({ length: 16 }, (_, perm) => perm);
  expect(perms.map((perm) => permOf(valuesOf(topicCells, { ...config, perm })))).toEqual(perms);
});

test("a file without the bits beside reading and writing makes a topic without them", () => {
  expect(permOf({ Perm: "6" })).toBe(6);
});
