import type { RocketMQCluster } from "../rocketmq/admin/cluster.ts";
import { asRocketMQError, type RocketMQError, type RocketMQErrorCode } from "../rocketmq/errors.ts";
import { paced, type Pace } from "./pace.ts";

/** Calls under way to one broker. */
const IN_FLIGHT = 256;

/** Does `work` on every master at once and returns the masters whose part failed, brokers without a master among them. */
export async function onMasters(
  cluster: RocketMQCluster,
  work: (addr: string) => Promise<void>,
): Promise<{ target: string; error: RocketMQError }[]> {
  const groups = await cluster.brokers();
  const failures: { target: string; error: RocketMQError }[] = [...(await cluster.masters()).failures];
  const one = async (target: string, addr: string) => {
    try {
      await work(addr);
    } catch (error) {
      failures.push({ target, error: asRocketMQError(error, addr) });
    }
  };
  await Promise.all(groups.flatMap(({ brokerName, master }) => (master === undefined ? [] : [one(brokerName, master)])));
  return failures;
}

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
