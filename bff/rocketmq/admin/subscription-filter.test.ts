import { expect, test } from "vitest";
import { leavesOutTag } from "./subscription-filter.ts";

const subscribing = (subString: string, tagsSet: string[] = [], classFilterMode = false) => ({
  topic: "t",
  subString,
  tagsSet,
  codeSet: [],
  subVersion: 1n,
  expressionType: "TAG",
  classFilterMode,
});

test.each([
  ["all", subscribing("*"), "PAID", false],
  ["all, told as a tag", subscribing("", ["*"]), "PAID", false],
  ["a tag that is called as all are, beside another", subscribing("NEW || *", ["NEW", "*"]), "PAID", true],
  ["its tag among others", subscribing("NEW || PAID", ["NEW", "PAID"]), "PAID", false],
  ["another tag", subscribing("NEW", ["NEW"]), "PAID", true],
  ["a tag in another case", subscribing("paid", ["paid"]), "PAID", true],
  ["a tag, of a message without", subscribing("NEW", ["NEW"]), null, true],
  ["tags that nobody tells", subscribing("NEW"), "PAID", false],
  ["what a class of its own filters", subscribing("NEW", ["NEW"], true), "PAID", false],
])("a subscription to %s", (_, subscription, tag, left) => {
  expect(leavesOutTag(subscription, tag)).toBe(left);
});
