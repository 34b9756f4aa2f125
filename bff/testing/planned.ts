import type { ApiClient } from "./start-test-server.ts";

type Rows = ApiClient;
type Asked<Plan extends (...args: never[]) => unknown> = Parameters<Plan>[0];

/** Writes as a page does: plan, then apply what was planned. */
export const planned = (client: Pick<Rows, "topic" | "group" | "instance">) => ({
  async createTopic(asked: Asked<Rows["topic"]["planCreate"]>) {
    const { planId } = await client.topic.planCreate(asked);
    return client.topic.create({ instanceId: asked.instanceId, topic: asked.topic, planId });
  },
  async updateTopic(asked: Asked<Rows["topic"]["planUpdate"]>) {
    const { planId } = await client.topic.planUpdate(asked);
    return client.topic.update({ instanceId: asked.instanceId, topic: asked.topic, planId });
  },
  async deleteTopic({ name, ...asked }: Asked<Rows["topic"]["planDelete"]> & { name: string }) {
    const { planId } = await client.topic.planDelete(asked);
    return client.topic.delete({ ...asked, planId, name });
  },
  async createGroup(asked: Asked<Rows["group"]["planCreate"]>) {
    const { planId } = await client.group.planCreate(asked);
    return client.group.create({ instanceId: asked.instanceId, group: asked.group, planId });
  },
  async updateGroup(asked: Asked<Rows["group"]["planUpdate"]>) {
    const { planId } = await client.group.planUpdate(asked);
    return client.group.update({ instanceId: asked.instanceId, group: asked.group, planId });
  },
  async deleteGroup({ name, ...asked }: Asked<Rows["group"]["planDelete"]> & { name: string }) {
    const { planId } = await client.group.planDelete(asked);
    return client.group.delete({ instanceId: asked.instanceId, group: asked.group, planId, name });
  },
  async updateInstance(asked: Asked<Rows["instance"]["planUpdate"]>) {
    const { planId } = await client.instance.planUpdate(asked);
    await client.instance.update({ instanceId: asked.instanceId, planId });
    return client.instance.get({ instanceId: asked.instanceId });
  },
  async setRetention(asked: Asked<Rows["instance"]["planRetention"]>) {
    const { planId } = await client.instance.planRetention(asked);
    return client.instance.setRetention({ instanceId: asked.instanceId, planId });
  },
});
