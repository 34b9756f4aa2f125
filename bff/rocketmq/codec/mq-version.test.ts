import { expect, test } from "vitest";
import { describedVersion, versionName, versionOrdinal } from "./mq-version.ts";

test.each([
  [213, "4.0.0"],
  [293, "4.4.0"],
  [317, "4.5.2"],
  [399, "4.9.3"],
  [409, "4.9.8"],
  [413, "5.0.0"],
  [441, "5.1.4"],
  [479, "5.3.3"],
  [480, "5.3.4-SNAPSHOT"],
  [513, "5.5.0"],
])("ordinal %i is %s", (ordinal, name) => {
  expect(versionName(ordinal)).toBe(name);
});

test.each([0, 121, 612, 700])("ordinal %i has no name", (ordinal) => {
  expect(versionName(ordinal)).toBeNull();
});

test.each(["4.0.0", "4.9.4", "5.0.0", "5.1.4", "5.3.1", "5.5.0"] as const)("%s is found by its name", (release) => {
  expect(versionName(versionOrdinal(release))).toBe(release);
});

test("a version that a broker tells in words is written as people write it", () => {
  expect(describedVersion("V4_9_7")).toBe("4.9.7");
  expect(describedVersion("")).toBeNull();
});
