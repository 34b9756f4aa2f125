import { expect, test } from "vitest";
import { RocketMQError } from "../../rocketmq/errors.ts";
import { broker, cluster, NOW } from "../../testing/known.ts";
import { presentSummary } from "./overview.presenter.ts";

const slave = broker({ name: "a", target: { ...broker({ name: "a" }).target, brokerId: 1, role: "slave" } });
const silent = { target: "n:9876", error: new RocketMQError("CONNECT_REFUSED", "nobody listens") };
const counts = (...of: Parameters<typeof cluster>) => {
  const { masters, slaves } = presentSummary(cluster(...of));
  return [masters, slaves];
};

test("a summary counts the brokers that name servers list, those that do not answer too", () => {
  expect(counts([broker({ name: "a" }), slave, broker({ code: "REQUEST_TIMEOUT" })])).toEqual([2, 1]);
});

test("how many brokers there are is unknown, and not zero, while no name server answers", () => {
  const seenBefore = broker({ listedAt: NOW - 5000, code: "CONNECT_REFUSED" });
  for (const brokers of [[], [seenBefore]]) {
    expect(counts(brokers, { state: "unreachable", failures: [silent] })).toEqual([null, null]);
  }
});

test("where a name server says that no broker is registered there is none", () => {
  const none = { target: "n:9876", error: new RocketMQError("NO_CLUSTER", "no broker is registered") };
  const gone = broker({ listedAt: NOW - 5000, code: "BROKER_GONE" });
  expect(counts([gone], { failures: [none] })).toEqual([0, 0]);
});
