import { describe, expect, it } from "vitest";
import { RocketMQError } from "../rocketmq/errors.ts";
import { apartFromGone, failuresOf } from "./failures.ts";

const refused = (target: string) => ({
  target,
  error: new RocketMQError("CONNECT_REFUSED", "refused", { address: `${target}:10911` }),
});

describe("failures", () => {
  it("are one a target, whichever question it failed at", () =>
    expect(failuresOf([refused("broker-a"), refused("broker-b")], [refused("broker-a")])).toMatchObject([
      { target: "broker-a", code: "CONNECT_REFUSED" },
      { target: "broker-b", code: "CONNECT_REFUSED" },
    ]));

  it("may be told already", () => {
    const told = { target: "broker-b", code: "BROKER_GONE" as const };
    expect(failuresOf([refused("broker-a")], [told])).toMatchObject([{ target: "broker-a" }, told]);
  });

  it("stand apart from brokers that vanished", () => {
    const gone = { target: "broker-a", code: "BROKER_GONE" as const };
    const busy = { target: "broker-b", code: "SYSTEM_BUSY" as const };
    expect(apartFromGone([gone, busy])).toEqual({ failures: [busy], gone: ["broker-a"] });
  });
});
