import { describe, expect, it } from "vitest";
import { isProblemCode, problemOf } from "./problem.ts";

describe("a problem of the API", () => {
  it("is known by its code", () => {
    const thrown = { code: "CONNECT_REFUSED", data: { address: "192.0.2.7:9876" } };
    expect(problemOf(thrown)).toMatchObject({ code: "CONNECT_REFUSED", retry: true, data: thrown.data });
  });

  it.each(["toString", "constructor", "__proto__", "hasOwnProperty"])("is not %s, which every object has", (code) => {
    expect(isProblemCode(code)).toBe(false);
    expect(problemOf({ code, message: "thrown" })).toEqual({
      code: "INTERNAL_SERVER_ERROR",
      status: 500,
      retry: false,
      data: { remark: "thrown" },
    });
  });
});
