import { expect, test } from "vitest";
import { doneOffsets } from "./half-messages.ts";

test("a record names one half message before 5.0 and several since, with a comma after the last", () => {
  expect(doneOffsets(Buffer.from("7"))).toEqual(["7"]);
  expect(doneOffsets(Buffer.from("7,8,1200,"))).toEqual(["7", "8", "1200"]);
  expect(doneOffsets(Buffer.from("x,,-1"))).toEqual([]);
});
