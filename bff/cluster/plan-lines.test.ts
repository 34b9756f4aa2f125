import { expect, test } from "vitest";
import { RocketMQError } from "../rocketmq/errors.ts";
import { linesDone, linesToUndo, outcomesOf } from "./plan-lines.ts";

const line = (brokerName: string) => ({ brokerName, addr: `${brokerName}:10911`, change: "update" });
const failed = (target: string, code: ConstructorParameters<typeof RocketMQError>[0]) => ({
  target,
  error: new RocketMQError(code, code),
});
const outcomes = outcomesOf({
  items: [{ target: { name: "a", addr: "a:10911" }, value: undefined }],
  failures: [failed("b", "CONNECTION_LOST"), failed("c", "REQUEST_TIMEOUT"), failed("d", "CONNECT_REFUSED")],
});

test("an answer that was lost is not told as a refusal", () => {
  expect(outcomes.map(({ target, ok, unknown = false }) => [target, ok, unknown])).toEqual([
    ["a", true, false],
    ["b", false, true],
    ["c", false, true],
    ["d", false, false],
  ]);
});

test("what may have been done can be taken back, and is not built upon", () => {
  const lines = ["a", "b", "c", "d"].map(line);
  expect(linesToUndo(lines, outcomes).map(({ brokerName }) => brokerName)).toEqual(["a", "b", "c"]);
  expect(linesDone(lines, outcomes).map(({ brokerName }) => brokerName)).toEqual(["a"]);
});
