import type { Clients } from "../data/clients.ts";
import { writeTopic } from "../data/topics.ts";
import { until } from "../data/until.ts";
import type { Judge } from "../judge.ts";
import type { Scene } from "../scene.ts";
import type { Sheet } from "../sheet.ts";

const TAGS = ["PLAIN", "FAIL", "THROW", "NULL"];

/** A message that is given to a client: both tools have its listener run, and are told the same. */
export async function judgePushes(judge: Judge, { masters }: Scene, clients: Clients): Promise<void> {
  const { api, instanceId, oracle } = judge.sides;
  const topic = "w-push";
  const [brokerName = ""] = masters.map((master) => master.brokerName);
  const queue = { topic, brokerName, queueId: 0 };
  await writeTopic(oracle, masters, topic, { queues: 1 });
  await until(`${topic} is routed`, async () => {
    const route = await oracle.ask("examineTopicRouteInfo", [topic]).catch(() => undefined);
    return route?.queueDatas.length === masters.length;
  });
  const producer = await clients.producer("p-push");
  for (const tags of TAGS) await producer.send({ topic, tags, body: "once more" }, queue);
  for (const listener of ["Concurrently", "Orderly"] as const) {
    const group = `w-g-push-${listener}`;
    // Nothing is delivered to it.
    const consumer = await clients.consumer({ group, topics: { [topic]: "NOTHING" }, listener });
    for (const [queueOffset, tag] of TAGS.entries()) {
      const place = { instanceId, ...queue, queueOffset: `${queueOffset}` };
      await until(`${group} can be pushed to`, async () => {
        const { items } = await api.push.targets(place);
        return items.some((one) => one.group === group && one.hindrance === null);
      });
      const { items } = await api.push.targets(place);
      const clientId = items.find((one) => one.group === group)?.clientId ?? "";
      const asked = { ...place, group, clientId };
      const { changes } = await api.push.plan(asked);
      await judge.compare({
        what: "Writes: push a message to a client",
        subject: `${listener} ${tag}`,
        console: async (): Promise<Sheet> => {
          const { planId } = await api.push.plan(asked);
          const { answer } = await api.push.run({ ...asked, planId });
          const { result, remark, order, autoCommit } = answer ?? {};
          return {
            result: result ?? null,
            remark: remark ?? null,
            order: order ?? null,
            autoCommit: autoCommit ?? null,
          };
        },
        oracle: async (): Promise<Sheet> => {
          const id = changes[0]?.offsetMsgId ?? "";
          const told = await oracle.ask("consumeMessageDirectly", [group, clientId, topic, id]);
          const { consumeResult: result, remark, order, autoCommit } = told;
          return { result, remark, order, autoCommit };
        },
      });
    }
    await consumer.stop();
  }
}
