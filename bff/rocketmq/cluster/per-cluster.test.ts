import { expect, test } from "vitest";
import { RocketMQCluster } from "./cluster.ts";
import { forgetWritten, perCluster } from "./per-cluster.ts";

test("what is kept of a cluster is made once for all who see it, and anew after a write there alone", () => {
  const one = new RocketMQCluster({ namesrvAddrs: ["127.0.0.1:1"] });
  const other = new RocketMQCluster({ namesrvAddrs: ["127.0.0.1:2"] });
  let made = 0;
  const numberOf = perCluster(() => ++made);
  expect([numberOf(one), numberOf(other), numberOf(one.until(new AbortController().signal))]).toEqual([1, 2, 1]);
  forgetWritten(one);
  expect([numberOf(one), numberOf(other)]).toEqual([3, 2]);
  one.close();
  other.close();
});
