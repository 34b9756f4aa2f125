import { asRocketMQError, type RocketMQError, type RocketMQErrorCode } from "../rocketmq/errors.ts";
import { paced, type Pace } from "./pace.ts";

/** Calls under way to one broker: as many come back in one turn of the event loop, from each of several brokers. */
const IN_FLIGHT = 64;

/**
 * Calls for each item at the pace given, up to the first failure; answers those that were not read, with that failure.
 * `gone` is none: what it names was deleted meanwhile.
 */
export async function callEach<T>(
  items: readonly T[],
  pace: Pace,
  gone: RocketMQErrorCode,
  call: (item: T) => Promise<void>,
): Promise<{ left: T[]; failed?: RocketMQError }> {
  let failed: RocketMQError | undefined;
  const left = new Set(items);
  await paced(items, IN_FLIGHT, pace, async (item) => {
    if (failed !== undefined) return;
    try {
      await call(item);
      left.delete(item);
    } catch (error) {
      const known = asRocketMQError(error);
      if (known.code === gone) left.delete(item);
      else failed ??= known;
    }
  });
  return { left: [...left], failed };
}
