import { expect, it } from "vitest";
import { byCodeUnit, containing, onPage, ranked, suggested } from "./ranking.ts";

const lags = new Map<string, bigint | null>([
  ["a", 2n],
  ["b", null],
  ["c", 10n],
  ["d", 2n],
]);
const names = [...lags.keys()];
const lagOf = (name: string) => lags.get(name) ?? null;

it("sorts by a figure, the unknown last in either order, those alike as they came", () => {
  expect(ranked(names, lagOf)).toEqual(["a", "d", "c", "b"]);
  expect(ranked(names, lagOf, "desc")).toEqual(["c", "a", "d", "b"]);
});

it("leaves things as they came, or turns them round, where nothing ranks them", () => {
  expect(ranked(names, undefined)).toEqual(names);
  expect(ranked(names, undefined, "desc")).toEqual(["d", "c", "b", "a"]);
});

it("finds what was typed in whatever case, and everything where nothing was", () => {
  expect(names.filter(containing(" C "))).toEqual(["c"]);
  expect(names.filter(containing())).toEqual(names);
});

it("counts pages from 1", () => {
  expect(onPage(names, { page: 2, pageSize: 3 })).toEqual(["d"]);
  expect(onPage(names, { page: 3, pageSize: 3 })).toEqual([]);
});

it("suggests names that begin with what was typed before those that contain it", () =>
  expect(suggested(["my-orders", "orders", "orders-old", "other"], { search: "Orders", limit: 2 })).toEqual([
    "orders",
    "orders-old",
  ]));

it("suggests the very name first, and those that stand apart last, whatever they begin with", () => {
  const apart = (name: string) => name.startsWith("rmq");
  expect(suggested(["a-rmq", "rmq", "rmq-b", "x-rmq"], { search: "rmq", limit: 9 }, apart)).toEqual([
    "rmq",
    "a-rmq",
    "x-rmq",
    "rmq-b",
  ]);
});

it("compares capitals before small letters, as their codes are", () =>
  expect(["b", "B", "a"].sort(byCodeUnit)).toEqual(["B", "a", "b"]));
