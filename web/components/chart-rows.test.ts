import { describe, expect, test } from "vitest";
import { chartCsv } from "./chart-csv.ts";
import { countOf } from "./chart-model.ts";
import { figuresOf, fileName, rowsOf } from "./chart-rows.ts";

const produce = {
  name: "Produce",
  points: [
    [2000, 4.25],
    [3000, null],
    [4000, 8],
  ] as [number, number | null][],
};
const consume = {
  name: "=cmd",
  points: [
    [1000, 1],
    [2000, 2],
  ] as [number, number | null][],
};

test("series that were sampled at different moments share their rows, oldest first", () => {
  expect(rowsOf([produce, consume])).toEqual([
    { at: 1000, values: [null, 1] },
    { at: 2000, values: [4.25, 2] },
    { at: 3000, values: [null, null] },
    { at: 4000, values: [8, null] },
  ]);
});

describe("what the legend says", () => {
  test("counts no gaps", () => {
    expect(figuresOf(produce)).toEqual({ last: 8, max: 8, mean: 6.125 });
  });

  test("is nothing where nothing is known", () => {
    expect(figuresOf({ name: "none", points: [[1, null]] })).toEqual({ last: null, max: null, mean: null });
  });
});

test("a mean of counts is whole unless it is small", () => {
  expect([6127.51, 12.4, 6.125, -0.5, null].map(countOf)).toEqual([6128, 12, 6.125, -0.5, null]);
});

test("the CSV has a row for each moment, exact figures, empty cells for gaps, and no formula", () => {
  const lines = chartCsv([produce, consume], "Time", (name) => name).split("\r\n");
  expect(lines[0]).toBe("\uFEFFTime,Produce,'=cmd");
  expect(lines.map((line) => line.replace(/^[^,]*/, ""))).toEqual([
    ",Produce,'=cmd",
    ",,1",
    ",4.25,2",
    ",,",
    ",8,",
    "",
  ]);
});

test("a file is named after its chart whatever the chart is called", () => {
  expect(fileName("a/b: c", "2026-11-21 10:00:00.csv")).toBe("a-b- c 2026-11-21 10-00-00.csv");
});
