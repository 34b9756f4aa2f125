import { randomBytes } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { PERM } from "#contract/rules/topic.ts";
import type { Deps } from "../../api/deps.ts";
import { Problem, problemOf } from "../../base/problem.ts";
import { createGroup, deleteGroup, groupTable } from "../../rocketmq/admin/group-admin.ts";
import { deleteTopic, LOOK_AGAIN_MS, lookAgain } from "../../rocketmq/admin/topic-deletion.ts";
import { writeTopic } from "../../rocketmq/admin/topic-admin.ts";
import type { RocketMQCluster } from "../../rocketmq/cluster/cluster.ts";
import { asRocketMQError } from "../../rocketmq/errors.ts";
import type { DialMadeTable } from "../../store/schema.ts";

const PREFIX = "rocketdeck-dial-";
/** Queues on each broker of a topic that is made, where the console may make as many. */
const QUEUES = 8;
const ROUTED_MS = 15_000;
const AGAIN_MS = 100;

/** A name that nothing has: whatever is found under it, this console made. */
export const newName = (): string => `${PREFIX}${randomBytes(8).toString("hex")}`;

export const madeQueues = ({ maxQueuesPerBroker }: Deps["config"]): number => Math.min(QUEUES, maxQueuesPerBroker);

type Note = Pick<DialMadeTable, "instanceId" | "jobId" | "kind" | "name">;

/** Noted before it is made, so that a console that is killed knows at its next start what to remove. */
const note = (deps: Deps, made: Note) =>
  deps.db
    .insertInto("dialMade")
    .values({ ...made, at: deps.now() })
    .execute();

async function untilRouted(cluster: RocketMQCluster, topic: string, brokers: number, signal: AbortSignal) {
  const deadline = performance.now() + ROUTED_MS;
  for (;;) {
    const route = await cluster.route(topic, { fresh: true, signal }).catch((error: unknown) => {
      if (asRocketMQError(error).code !== "TOPIC_NOT_EXIST") throw error;
    });
    if (route !== undefined && route.queueDatas.length >= brokers) return;
    if (performance.now() > deadline) throw new Problem("TOPIC_NOT_EXIST", { params: { topic } });
    await pause(AGAIN_MS, undefined, { signal });
  }
}

interface Making {
  cluster: RocketMQCluster;
  instanceId: string;
  jobId: string;
  name: string;
  /** On these brokers, on all masters when left out. */
  brokers?: readonly string[];
  signal: AbortSignal;
}

/** Makes a topic on masters and waits until it is routed to. Throws what the first broker said that did not make it. */
export async function makeTopic(deps: Deps, { cluster, brokers, name, signal, ...rest }: Making): Promise<void> {
  await note(deps, { instanceId: rest.instanceId, jobId: rest.jobId, kind: "topic", name });
  const queues = madeQueues(deps.config);
  const write = { topic: name, readQueueNums: queues, writeQueueNums: queues, perm: PERM.READ | PERM.WRITE };
  const made = await cluster.onMasters(({ addr }) => writeTopic(cluster, addr, { ...write, order: false }), {
    brokerNames: brokers,
    listedOnly: true,
    signal,
  });
  if (made.failures[0] !== undefined) throw made.failures[0].error;
  await untilRouted(cluster, name, made.items.length, signal);
}

/** Makes a group on masters. Throws what the first broker said that did not make it. */
export async function makeGroup(deps: Deps, { cluster, brokers, name, signal, ...rest }: Making): Promise<void> {
  await note(deps, { instanceId: rest.instanceId, jobId: rest.jobId, kind: "group", name });
  const made = await cluster.onMasters(({ addr }) => createGroup(cluster, addr, name, {}), {
    brokerNames: brokers,
    listedOnly: true,
    signal,
  });
  if (made.failures[0] !== undefined) throw made.failures[0].error;
}

/** A pull that a broker holds outlives whoever asked, and makes its group anew when it is looked at again: for 5 s, and 5 s more until brokers look. */
const HELD_MS = 12_000;

/** Whether a master has the group; throws where one does not say. */
async function isGroupThere(cluster: RocketMQCluster, name: string): Promise<boolean> {
  const { items, failures } = await cluster.onMasters(({ addr }) => groupTable(cluster, addr), { listedOnly: true });
  if (failures[0] !== undefined) throw failures[0].error;
  return items.some(({ value }) => value.has(name));
}

/** Removes one thing that a test made, and forgets it once every server says that it is gone; a group that came back is removed again. */
async function remove(deps: Deps, cluster: RocketMQCluster, made: Note): Promise<void> {
  const { instanceId, kind, name } = made;
  if (kind === "topic") {
    const { failures } = await deleteTopic(cluster, name);
    lookAgain(cluster, name, [LOOK_AGAIN_MS.soon, LOOK_AGAIN_MS.late]);
    if (failures[0] !== undefined) throw failures[0].error;
  } else if (await isGroupThere(cluster, name)) {
    const { failures } = await deleteGroup(cluster, name, true);
    if (failures[0] !== undefined) throw failures[0].error;
    const again = () => remove(deps, cluster, made).catch(() => undefined);
    setTimeout(() => void again(), HELD_MS).unref();
    return;
  }
  const mine = deps.db.deleteFrom("dialMade").where("instanceId", "=", instanceId);
  await mine.where("kind", "=", kind).where("name", "=", name).execute();
}

/** Removes what a test made. What cannot be removed now is tried again every minute (`sweepMade`), and answered here. */
export async function removeMade(deps: Deps, cluster: RocketMQCluster, jobId: string): Promise<{ left: string[] }> {
  const notes = await deps.db.selectFrom("dialMade").selectAll().where("jobId", "=", jobId).execute();
  const left: string[] = [];
  for (const made of notes) {
    try {
      await remove(deps, cluster, made);
    } catch (error) {
      deps.log.warn({ err: error, name: made.name }, "what a dial test made is not removed yet");
      left.push(made.name);
    }
  }
  return { left };
}

async function hasEnded(deps: Deps, jobId: string): Promise<boolean> {
  try {
    return (await deps.jobs.get(jobId)).finishedAt !== null;
  } catch (error) {
    if (problemOf(error)?.code === "JOB_NOT_FOUND") return true;
    throw error;
  }
}

/** Removes what tests made that have ended without doing so: their console was killed, or a broker did not answer. */
export async function sweepMade(deps: Deps): Promise<void> {
  const notes = await deps.db.selectFrom("dialMade").select(["jobId", "instanceId"]).distinct().execute();
  for (const { jobId, instanceId } of notes) {
    if (!(await hasEnded(deps, jobId))) continue;
    try {
      await removeMade(deps, await deps.clusters.get(instanceId), jobId);
    } catch (error) {
      // It is in the recycle bin, or its name servers are out of reach: it is tried again.
      deps.log.debug({ err: error, jobId }, "what a dial test made cannot be removed yet");
    }
  }
}
