import { setImmediate as turn } from "node:timers/promises";
import { expect, test } from "vitest";
import { AnswerTurns } from "./answer-turns.ts";

function busy(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

test("answers that take long are worked on in turns, one after the other, and others are served in between", async () => {
  const turns = new AnswerTurns();
  const seen: (number | "turn")[] = [];
  const answers = [0, 1, 2, 3, 4, 5, 6, 7];
  // Those of one turn of the event loop, each from a socket of its own.
  for (const n of answers) {
    setImmediate(() =>
      turns.add(async () => {
        await Promise.resolve();
        busy(12);
        seen.push(n);
      }),
    );
  }
  while (!seen.includes(7)) {
    await turn();
    seen.push("turn");
    expect(seen.length).toBeLessThan(100);
  }
  expect(seen.filter((one) => one !== "turn")).toEqual(answers);
  expect(seen.filter((one) => one === "turn").length).toBeGreaterThanOrEqual(answers.length - 1);
});

test("answers that take no time are handed on at once", () => {
  const turns = new AnswerTurns();
  const seen: number[] = [];
  for (let n = 0; n < 3; n++) turns.add(() => void seen.push(n));
  expect(seen).toEqual([0, 1, 2]);
});
