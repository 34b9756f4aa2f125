import { asRocketMQError, type RocketMQError, type RocketMQErrorCode } from "../rocketmq/errors.ts";
import { paced, type Pace } from "./pace.ts";

/** Calls under way to one broker. */
const IN_FLIGHT = 256;

/** Calls for each name at the pace given. `gone` is no failure: the name was deleted meanwhile; any other ends it. */
export async function callEach(
  names: readonly string[],
  pace: Pace,
  gone: RocketMQErrorCode,
  call: (name: string) => Promise<void>,
): Promise<void> {
  let failed: RocketMQError | undefined;
  await paced(names, IN_FLIGHT, pace, async (name) => {
    if (failed !== undefined) return;
    try {
      await call(name);
    } catch (error) {
      const known = asRocketMQError(error);
      if (known.code !== gone) failed = known;
    }
  });
  if (failed !== undefined) throw failed;
}
