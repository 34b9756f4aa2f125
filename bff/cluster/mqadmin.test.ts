import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { mqadmin } from "./mqadmin.ts";

/** The words that a shell hands to the tool. */
const wordsOf = (line: string) =>
  execFileSync("bash", ["-c", `mqadmin() { printf '%s\\0' "$@"; }\n${line}`], { encoding: "utf8" })
    .split("\0")
    .slice(0, -1);

test.each([
  "x'; touch /tmp/pwned; '",
  "$(touch x)`touch y`",
  'a"b\\c\n!d',
  "a;b & c | d > e",
  "\u0003touch x\r\u001b[201~",
  "\u009b1m",
  "*",
  "~root",
  "",
  "主题",
])("a shell takes the name %j as one word and runs nothing of it", (name) => {
  expect(wordsOf(mqadmin("deleteTopic", { n: [name, "n:9876"], c: name, t: name }))).toEqual([
    "deleteTopic",
    "-n",
    `${name};n:9876`,
    "-c",
    name,
    "-t",
    name,
  ]);
});

test("no control character is in what is pasted: a terminal would act on it before the shell sees a quote", () =>
  expect(mqadmin("deleteTopic", { t: "a\u0003b\nc\u009bd" })).not.toMatch(/\p{Cc}/u));

test("what is safe stays plain, and what is not given is left out", () =>
  expect(mqadmin("updateTopic", { n: ["n:9876"], t: "%DLQ%g-1", r: 8, a: "+message.type=FIFO", o: undefined })).toBe(
    "mqadmin updateTopic -n n:9876 -t %DLQ%g-1 -r 8 -a +message.type=FIFO",
  ));
