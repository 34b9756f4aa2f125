import { asRocketMQError, type RocketMQError, type RocketMQErrorCode } from "../rocketmq/errors.ts";
import { paced, type Pace } from "./pace.ts";

/** Calls under way to one broker. */
const IN_FLIGHT = 256;

/** Calls for each item at the pace given. `gone` is no failure: what it names was deleted meanwhile; any other ends it. */
export async function callEach<T>(
  items: readonly T[],
  pace: Pace,
  gone: RocketMQErrorCode,
  call: (item: T) => Promise<void>,
): Promise<void> {
  let failed: RocketMQError | undefined;
  await paced(items, IN_FLIGHT, pace, async (item) => {
    if (failed !== undefined) return;
    try {
      await call(item);
    } catch (error) {
      const known = asRocketMQError(error);
      if (known.code !== gone) failed = known;
    }
  });
  if (failed !== undefined) throw failed;
}
