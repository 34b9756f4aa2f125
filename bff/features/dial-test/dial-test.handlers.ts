import type { Limit, LoadTest, RoundTripTest } from "#contract/dial-run.ts";
import type { ConsumeTest, ProduceTest } from "#contract/dial-test.ts";
import type { Action } from "#contract/action.ts";
import type { ProblemCode } from "#contract/problem.ts";
import type { CurrentUser } from "#contract/session.ts";
import { api } from "../../api/api.ts";
import { askedBy, type Deps } from "../../api/deps.ts";
import { resourceOf } from "../../auth/resource.ts";
import { Problem } from "../../base/problem.ts";
import { publishQueues } from "../../rocketmq/client/publish-queues.ts";
import { proxyRemotingAddrs } from "../../store/proxies.ts";
import { planConsume } from "./consume-plan.ts";
import { consumeTest } from "./consume.job.ts";
import { brokersOf, readLimits } from "./limits.ts";
import { loadTest } from "./load.job.ts";
import { seriesOfRun } from "./load-series.ts";
import { newName, sweepMade } from "./made.ts";
import { produceTest } from "./produce.job.ts";
import { readBackTest, runOf } from "./read-back.job.ts";
import { roundTripTest } from "./round-trip.job.ts";
import { loadPace, planLoad, planProduceWithin, planRoundTrip } from "./run-plan.ts";

/** What tests made and did not remove is looked for so often. */
const SWEEP_MS = 60_000;

interface Blocked {
  blocked: ProblemCode | null;
  limit: Limit | null;
  consumers: { group: string }[];
}

/** Refuses what its plan says cannot be. */
function assertUnblocked({ blocked, limit, consumers }: Blocked, { topic = "", group = "" }): void {
  if (blocked === null) return;
  const users = consumers.map((consumer) => consumer.group).join(", ");
  const beyond = limit === null ? {} : { ...limit, broker: limit.broker ?? "" };
  throw new Problem(blocked, { params: { topic, group, users, ...beyond } });
}

export function dialTestHandlers(deps: Deps) {
  const produce = produceTest(deps);
  const consume = consumeTest(deps);
  const readBack = readBackTest(deps);
  const roundTrip = roundTripTest(deps);
  const load = loadTest(deps);
  deps.background.add({ what: "removing what dial tests made", everyMs: SWEEP_MS, run: () => sweepMade(deps) });

  const looking = async (instanceId: string, fresh: boolean) => ({
    proxies: await proxyRemotingAddrs(deps.db, instanceId),
    now: deps.now(),
    fresh,
  });
  const producePlan = async (test: ProduceTest, fresh: boolean, signal?: AbortSignal) =>
    planProduceWithin(await deps.clusters.get(test.instanceId, signal), test, await looking(test.instanceId, fresh));
  const consumePlan = async (test: ConsumeTest, signal?: AbortSignal) =>
    planConsume(
      await deps.clusters.get(test.instanceId, signal),
      test,
      await proxyRemotingAddrs(deps.db, test.instanceId),
    );
  const roundTripPlan = async (test: RoundTripTest, fresh: boolean, signal?: AbortSignal) => {
    const cluster = await deps.clusters.get(test.instanceId, signal);
    return planRoundTrip(cluster, deps.config, test, await looking(test.instanceId, fresh));
  };
  const loadPlan = async (test: LoadTest, fresh: boolean, signal?: AbortSignal) => {
    const cluster = await deps.clusters.get(test.instanceId, signal);
    return planLoad(cluster, deps.config, test, await looking(test.instanceId, fresh));
  };
  /** Whoever has a topic or group made has to be allowed to make one. */
  const assertMay = (user: CurrentUser, instanceId: string, wanted: Partial<Record<Action, boolean>>) => {
    for (const action of ["topic:create", "group:create", "message:consume"] as const)
      if (wanted[action] === true && !deps.auth.may(user, action, resourceOf("instance", { instanceId })))
        throw new Problem("FORBIDDEN", { params: { action } });
  };

  return {
    limits: api.dialTest.limits.handler(async ({ input, signal }) => {
      const cluster = await askedBy(deps, signal).clusters.get(input.instanceId);
      return readLimits(cluster, brokersOf(await publishQueues(cluster, input.topic)));
    }),
    planProduce: api.dialTest.planProduce.handler(({ input, signal }) => producePlan(input, false, signal)),
    produce: api.dialTest.produce.handler(async ({ input, context }) => {
      const plan = await producePlan(input, true);
      assertUnblocked(plan, input);
      const test = { ...input, messageType: plan.messageType };
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
    planRoundTrip: api.dialTest.planRoundTrip.handler(({ input, signal }) => roundTripPlan(input, false, signal)),
    roundTrip: api.dialTest.roundTrip.handler(async ({ input, context: { user, note } }) => {
      const { instanceId, topic = newName(), receiver, group = receiver === "made" ? newName() : undefined } = input;
      const makesTopic = input.topic === undefined;
      const makes = { "topic:create": makesTopic, "group:create": receiver === "made", "message:consume": true };
      assertMay(user, instanceId, makes);
      const plan = await roundTripPlan(input, true);
      assertUnblocked(plan, input);
      note({ subject: { topic } });
      const run = { ...input, topic, group, makesTopic, topicType: plan.topicType };
      return { jobId: (await deps.jobs.start(roundTrip, run, { instanceId, user })).id };
    }),
    planLoad: api.dialTest.planLoad.handler(({ input, signal }) => loadPlan(input, false, signal)),
    load: api.dialTest.load.handler(async ({ input, context: { user, note } }) => {
      const { instanceId, consume: reads, topic = newName() } = input;
      const makesTopic = input.topic === undefined;
      assertMay(user, instanceId, { "topic:create": makesTopic, "group:create": reads, "message:consume": reads });
      const plan = await loadPlan(input, true);
      assertUnblocked(plan, input);
      note({ subject: { topic } });
      const { messagesPerSecond: perSecond } = loadPace(deps.config, input);
      const group = reads ? newName() : undefined;
      const run = { ...input, topic, group, makesTopic, topicType: plan.topicType, perSecond };
      return { jobId: (await deps.jobs.start(load, run, { instanceId, user })).id };
    }),
    loadSeries: api.dialTest.loadSeries.handler(({ input, signal }) => seriesOfRun(deps, input, signal)),
  };
}
