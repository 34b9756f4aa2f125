import { expect, it } from "vitest";
import { safePath } from "./sign-in-form.tsx";

it("the sign-in leads back to a path of this console and to no other host", () => {
  expect(safePath("/instances/a/topics?page=2")).toBe("/instances/a/topics?page=2");
  for (const foreign of [
    "/\t/evil.example",
    "/\n/evil.example",
    "https://evil.example",
    "//evil.example",
    "/\\evil.example",
    "javascript:alert(1)",
    undefined,
  ]) {
    expect(safePath(foreign)).toBe("/");
  }
});
