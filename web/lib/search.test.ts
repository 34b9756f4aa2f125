import { describe, expect, it } from "vitest";
import { flag, integer, listInput, listSearchOf, oneOf, parseSearch, stringifySearch, text } from "./search.ts";
import { rangeOf } from "./time-range.ts";

const read = listSearchOf({ type: oneOf("NORMAL", "FIFO"), broker: text, system: flag, queue: integer });

describe("view state of a list in the URL", () => {
  it("takes what it knows", () => {
    const raw = {
      search: "order",
      page: 3,
      sort: "tps",
      order: "desc",
      type: "FIFO",
      broker: 7,
      system: "true",
      queue: "0",
    };
    expect(read(raw)).toEqual({ ...raw, broker: "7", system: true, queue: 0 });
  });

  it("leaves out what a broken link holds", () => {
    expect(read({ page: "x", order: "up", type: "NONE", search: "  ", queue: "1.5", evil: 1 })).toEqual({});
  });

  it("asks for the first page in the list's own order where the URL says nothing", () => {
    expect(listInput({}, { sort: "topic", order: "asc" })).toEqual({
      search: undefined,
      page: 1,
      pageSize: 20,
      sort: "topic",
      order: "asc",
    });
  });

  it("does not mix the own order with a chosen column", () => {
    expect(listInput({ sort: "lag" }, { sort: "topic", order: "asc" })).toMatchObject({
      sort: "lag",
      order: undefined,
    });
  });
});

describe("what a URL holds", () => {
  const readText = listSearchOf({ offset: text });
  const again = (offset: string) => readText(parseSearch(stringifySearch({ offset }))).offset;

  it("keeps all digits of a long, in links of others too", () => {
    expect(readText(parseSearch("?offset=9007199254740993")).offset).toBe("9007199254740993");
    expect(again("9223372036854775807")).toBe("9223372036854775807");
  });

  it("writes a figure that is text without quotes", () => {
    expect(stringifySearch({ tab: "offset", queue: 3, offset: "5" })).toBe("?tab=offset&queue=3&offset=5");
  });

  it("gives back text that looks like something else as it was", () => {
    for (const word of ["5", "007", "1e3", "true", "null", '"quoted"', "{}", "[1]", "a b&c=d%"])
      expect(again(word)).toBe(word);
  });
});

describe("a time range", () => {
  it("counts back from now, rounded so that the query rests", () => {
    expect(rangeOf({}, "15m", 1_000_009_999)).toEqual({ from: 999_100_000, to: 1_000_000_000 });
  });

  it("takes both ends where they are given", () => {
    expect(rangeOf({ range: "1h", from: 1, to: 2 }, "15m", 99)).toEqual({ from: 1, to: 2 });
  });
});
