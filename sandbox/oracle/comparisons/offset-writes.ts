import { planned } from "../../../bff/testing/planned.ts";
import type { Version } from "../../jars.ts";
import type { Clients } from "../data/clients.ts";
import { until } from "../data/until.ts";
import type { Judge } from "../judge.ts";
import type { Scene } from "../scene.ts";
import { byKey, type Sheet } from "../sheet.ts";
import { connectionsAt } from "./clients.ts";
import { runCommands } from "./commands.ts";
import { progressOf } from "./groups.ts";
import { firstFrom, pullTopic } from "./messages.ts";

/** Many of its messages are stored in one millisecond, all in the queue of one broker. */
const TOPIC = "t-burst";
const GROUP = "w-g-reset";
const nameOf = ({ brokerName, queueId }: { brokerName: string; queueId: number }) => `${brokerName}.${queueId}`;

/** Where each queue has to be after a reset, by what the official consumer pulls; `since` in epoch ms. */
async function expectedOf(judge: Judge, since: number): Promise<Sheet> {
  const { oracle } = judge.sides;
  const { offsetTable } = await oracle.ask("examineTopicStats", [TOPIC]);
  const pulled = await pullTopic(judge.sides, TOPIC, 100);
  return byKey(
    offsetTable,
    ([queue]) => nameOf(queue),
    ([queue, { maxOffset }]) => {
      const later = pulled
        .filter(({ brokerName, message }) => brokerName === queue.brokerName && message.queueId === queue.queueId)
        .filter(({ message }) => Number(message.storeTimestamp) >= since)
        .map(({ message }) => Number(message.queueOffset));
      return { offset: String(later.length === 0 ? maxOffset : Math.min(...later)) };
    },
  );
}

/** Resets of a group that is not online, to each kind of place: what the official tools then say of every queue. */
export async function judgeResets(judge: Judge, scene: Scene): Promise<void> {
  const { api, instanceId, oracle } = judge.sides;
  const brokers = scene.masters.map(({ brokerName }) => brokerName);
  await planned(api).createGroup({ instanceId, group: GROUP, brokers });
  const found = async () =>
    byKey(
      await progressOf(oracle, scene.masters, GROUP, TOPIC),
      ([queue]) => nameOf(queue),
      ([, { consumerOffset }]) => ({ offset: consumerOffset }),
    );
  const times = [
    ...new Set((await pullTopic(judge.sides, TOPIC, 100)).map(({ message }) => Number(message.storeTimestamp))),
  ];
  const middle = times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;
  const ways = [
    { to: "earliest", since: 0 },
    { to: "latest", since: Number.MAX_SAFE_INTEGER },
    { to: "time", time: middle, since: middle },
    { to: "time", time: middle + 1, since: middle + 1 },
    { to: "time", time: 0, since: 0 },
    { to: "time", time: Date.now() + 86_400_000, since: Number.MAX_SAFE_INTEGER },
  ] as const;
  for (const { since, ...way } of ways) {
    const at = { instanceId, group: GROUP, topic: TOPIC };
    const { planId } = await api.offset.planReset({ ...at, ...way });
    await api.offset.reset({ ...at, planId });
    const expected = await expectedOf(judge, since);
    await judge.compare({
      what: "Writes: reset offset",
      subject: JSON.stringify(way),
      console: () => Promise.resolve(expected),
      oracle: found,
    });
  }
  const broadcast = { instanceId, group: "g-broadcast", topic: "t-broadcast", to: "latest" } as const;
  await judge.compare({
    what: "Writes: reset offset of a group that broadcasts",
    subject: broadcast.group,
    console: async () => ({ refused: (await api.offset.planReset(broadcast)).blocked === "GROUP_BROADCASTING" }),
    oracle: async () => ({
      refused: (await connectionsAt(oracle, scene.masters, broadcast.group)).some(
        ({ connection }) => connection.messageModel === "BROADCASTING",
      ),
    }),
  });
}

/** The commands that a plan names, run by the tool itself, leave what the plan shows. */
export async function judgeResetCommands(judge: Judge, { masters }: Scene): Promise<void> {
  const { api, instanceId, oracle } = judge.sides;
  const [{ brokerName, addr } = { brokerName: "", addr: "" }] = masters;
  const queue = { brokerName, queueId: 0 };
  const [early] = await pullTopic(judge.sides, TOPIC, 100);
  const ways = [
    { to: "latest" },
    { to: "earliest" },
    { to: "time", time: Number(early?.message.storeTimestamp) + 1 },
    { to: "offset", queue: { ...queue, offset: "5" } },
  ] as const;
  for (const way of ways) {
    await oracle.ask("updateConsumeOffset", [addr, GROUP, { topic: TOPIC, ...queue }, 1]);
    const plan = await api.offset.planReset({ instanceId, group: GROUP, topic: TOPIC, ...way });
    // The tool cannot do everything with older brokers.
    if (plan.commands.length === 0) continue;
    await runCommands(oracle, plan.commands);
    const isThis = (one: { brokerName: string; queueId: number }) => nameOf(one) === nameOf(queue);
    await judge.compare({
      what: "Writes: commands of a reset",
      subject: way.to,
      console: () => Promise.resolve({ offset: plan.changes.find(isThis)?.after }),
      oracle: async () => ({
        offset: (await progressOf(oracle, masters, GROUP, TOPIC)).find(([one]) => isThis(one))?.[1].consumerOffset,
      }),
    });
  }
}

const LARGE = 3 * 1024 * 1024;
/** So many fill two files of a sandbox's commit log. */
const FILLING = 11;
/** It takes a while, and the versions between do as these. */
const EXPIRED_ON: readonly Version[] = ["5.5.0", "4.9.7"];

/** What retention has deleted is skipped by nobody: the earliest, and a time before it, is the first message that is kept. */
export async function judgeExpired(judge: Judge, scene: Scene, clients: Clients): Promise<void> {
  const { api, instanceId, oracle, version } = judge.sides;
  if (!EXPIRED_ON.includes(version)) return;
  const at = { instanceId, group: GROUP, topic: "w-fifo" };
  const producer = await clients.producer("p-expired", {
    maxMessageSize: 2 * LARGE,
    compressMsgBodyOverHowmuch: 2 * LARGE,
  });
  const first = async () =>
    (await oracle.ask("examineTopicStats", [at.topic])).offsetTable.filter(([{ queueId }]) => queueId === 0);
  const keepFor = (addr: string, hours: number) =>
    oracle.mqadmin("updateBrokerConfig", ["-b", addr, "-k", "fileReservedTime", "-v", `${hours}`]);
  const expire = async ({ brokerName, addr }: Scene["masters"][number]) => {
    const queue = { topic: at.topic, brokerName, queueId: 0 };
    await oracle.ask("updateConsumeOffset", [addr, GROUP, queue, 0]);
    for (let n = 0; n < FILLING; n++) await producer.send({ topic: at.topic, body: Buffer.alloc(LARGE) }, queue);
    await keepFor(addr, 0);
    await oracle.mqadmin("deleteExpiredCommitLog", ["-b", addr]);
    await until(`retention has deleted messages of ${brokerName}`, async () =>
      (await first()).some(([one, { minOffset }]) => one.brokerName === brokerName && minOffset !== "0"),
    );
    // Else the broker goes on, and a queue loses its messages seconds before it says so.
    await keepFor(addr, 72);
  };
  await Promise.all(scene.masters.map(expire));
  await until("queues begin where messages do", async () => {
    for (const [queue, { minOffset }] of await first())
      if ((await firstFrom(judge.sides, queue, minOffset)) !== minOffset) return false;
    return true;
  });
  const earliest = async () =>
    byKey(
      await first(),
      ([queue]) => nameOf(queue),
      ([, { minOffset }]) => ({ offset: minOffset, lost: true, skipped: "0" }),
    );
  for (const way of [{ to: "earliest" }, { to: "time", time: 1 }] as const) {
    const plan = await api.offset.planReset({ ...at, ...way });
    await judge.compare({
      what: "Writes: reset offset after retention",
      subject: JSON.stringify(way),
      console: () =>
        Promise.resolve(
          byKey(
            plan.changes.filter(({ queueId }) => queueId === 0),
            nameOf,
            ({ after, skipped }) => ({
              offset: after,
              lost: plan.warnings.some(({ key }) => key === "expired"),
              skipped,
            }),
          ),
        ),
      oracle: earliest,
    });
  }
}
