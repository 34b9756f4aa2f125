import { expect, test } from "vitest";
import { RocketMQError } from "../../rocketmq/errors.ts";
import { BrokerLane } from "./broker-lane.ts";

const BROKER = "127.0.0.1:10911";
const refused = (address: string) => new RocketMQError("CONNECT_REFUSED", "refused", { address });
const failing = (error: RocketMQError) => async () => {
  throw error;
};

test("after a broker was found gone, rows fail at once without asking it", async () => {
  const lane = new BrokerLane(BROKER);
  const gone = refused(BROKER);
  expect(await lane.run(failing(gone))).toBe(gone);
  let asked = false;
  const ask = () => {
    asked = true;
    return Promise.resolve();
  };
  expect(await lane.run(ask)).toBe(gone);
  expect(asked).toBe(false);
});

test("a name server that is gone fails its row alone", async () => {
  const lane = new BrokerLane(BROKER);
  const gone = refused("127.0.0.1:9876");
  expect(await lane.run(failing(gone))).toBe(gone);
  expect(await lane.run(() => Promise.resolve())).toBeUndefined();
});
