import { setTimeout as pause } from "node:timers/promises";
import pLimit from "p-limit";
import { asRocketMQError, type RocketMQError, type RocketMQErrorCode } from "../../rocketmq/errors.ts";

/** Requests under way at one broker, which does one after the other: enough that it never waits for the next. */
const AT_ONCE = 8;
/** The broker is there but asks for patience. */
const busy = new Set<RocketMQErrorCode>(["SYSTEM_BUSY", "FLOW_CONTROL"]);
const PATIENCE_MS = [100, 300, 900];
/** The broker is not there: rows that come in this time after it was noticed fail at once, without waiting for it. */
const gone = new Set<RocketMQErrorCode>([
  "CONNECT_REFUSED",
  "CONNECT_FAILED",
  "CONNECT_TIMEOUT",
  "CONNECTION_LOST",
  "REQUEST_TIMEOUT",
]);
const GONE_MS = 2000;

/** The way to one broker: so many writes at once, again when it is busy, none for a while when it is gone. */
export class BrokerLane {
  readonly #limit = pLimit(AT_ONCE);
  readonly #addr: string;
  #goneUntil = 0;
  #error: RocketMQError | undefined;

  constructor(addr: string) {
    this.#addr = addr;
  }

  /** Resolves with what went wrong, or undefined once the broker confirmed the write. */
  run(write: () => Promise<void>): Promise<RocketMQError | undefined> {
    return this.#limit(async () => {
      if (this.#error !== undefined && performance.now() < this.#goneUntil) return this.#error;
      const error = await this.#patiently(write);
      if (error === undefined || !this.saysGone(error)) return error;
      this.#error = error;
      this.#goneUntil = performance.now() + GONE_MS;
      return error;
    });
  }

  /** A write may ask name servers too; that one of them is gone says nothing of the broker. */
  saysGone({ code, address }: RocketMQError): boolean {
    return gone.has(code) && address === this.#addr;
  }

  async #patiently(write: () => Promise<void>): Promise<RocketMQError | undefined> {
    for (let turn = 0; ; turn++) {
      try {
        await write();
        return undefined;
      } catch (cause) {
        const error = asRocketMQError(cause, this.#addr);
        const wait = PATIENCE_MS[turn];
        if (!busy.has(error.code) || wait === undefined) return error;
        await pause(wait);
      }
    }
  }
}
