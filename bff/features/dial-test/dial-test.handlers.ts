import type { ConsumeTest, ProduceTest } from "#contract/dial-test.ts";
import { api } from "../../api/api.ts";
import type { Deps } from "../../api/deps.ts";
import { Problem } from "../../base/problem.ts";
import { proxyRemotingAddrs } from "../../store/proxies.ts";
import { planConsume } from "./consume-plan.ts";
import { consumeTest } from "./consume.job.ts";
import { planProduce } from "./produce-plan.ts";
import { produceTest } from "./produce.job.ts";
import { readBackTest, runOf } from "./read-back.job.ts";

export function dialTestHandlers(deps: Deps) {
  const produce = produceTest(deps);
  const consume = consumeTest(deps);
  const readBack = readBackTest(deps);
  const producePlan = async (test: ProduceTest, looking: { fresh: boolean }, signal?: AbortSignal) =>
    planProduce(await deps.clusters.get(test.instanceId, signal), test, {
      proxies: await proxyRemotingAddrs(deps.db, test.instanceId),
      now: deps.now(),
      ...looking,
    });
  const consumePlan = async (test: ConsumeTest, signal?: AbortSignal) =>
    planConsume(
      await deps.clusters.get(test.instanceId, signal),
      test,
      await proxyRemotingAddrs(deps.db, test.instanceId),
    );
  return {
    planProduce: api.dialTest.planProduce.handler(({ input, signal }) => producePlan(input, { fresh: false }, signal)),
    produce: api.dialTest.produce.handler(async ({ input, context }) => {
      const { blocked, messageType, consumers } = await producePlan(input, { fresh: true });
      if (blocked !== null) {
        const users = consumers.map(({ group }) => group).join(", ");
        throw new Problem(blocked, { params: { topic: input.topic, users } });
      }
      const test = { ...input, messageType };
      const { id } = await deps.jobs.start(produce, test, { instanceId: input.instanceId, user: context.user });
      return { jobId: id };
    }),
    planConsume: api.dialTest.planConsume.handler(({ input, signal }) => consumePlan(input, signal)),
    consume: api.dialTest.consume.handler(async ({ input, context }) => {
      const { blocked, clients } = await consumePlan(input);
      if (blocked !== null) {
        throw new Problem(blocked, { params: { topic: input.topic, group: input.group ?? "", users: clients.length } });
      }
      const { id } = await deps.jobs.start(consume, input, { instanceId: input.instanceId, user: context.user });
      return { jobId: id };
    }),
    readBack: api.dialTest.readBack.handler(async ({ input, context }) => {
      const run = await runOf(deps, input);
      const { id } = await deps.jobs.start(readBack, run, { instanceId: input.instanceId, user: context.user });
      return { jobId: id };
    }),
  };
}
