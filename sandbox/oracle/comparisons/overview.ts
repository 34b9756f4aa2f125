import { setTimeout as delay } from "node:timers/promises";
import type { Judge, Question, Sides } from "../judge.ts";
import type { Scene } from "../scene.ts";
import { byKey, type Sheet } from "../sheet.ts";
import { sumShown, totalOf } from "./comparison.ts";
import { progressOf, waitingOf, wholeProgressOf } from "./groups.ts";

/** Counts that a runtime table has at midnight marks: since this one and between the two before. */
function countsOf(table: ReadonlyMap<string, string>): Sheet {
  const of = (name: string) => BigInt(table.get(name) ?? "0");
  return {
    producedToday: String(of("msgPutTotalTodayNow") - of("msgPutTotalTodayMorning")),
    consumedToday: String(of("msgGetTotalTodayNow") - of("msgGetTotalTodayMorning")),
    producedYesterday: String(of("msgPutTotalTodayMorning") - of("msgPutTotalYesterdayMorning")),
    consumedYesterday: String(of("msgGetTotalTodayMorning") - of("msgGetTotalYesterdayMorning")),
  };
}

async function brokersSheet({ oracle }: Sides, clusterName: string): Promise<Sheet> {
  const { brokerAddrTable } = await oracle.ask("examineBrokerClusterInfo", []);
  const brokers = [...brokerAddrTable.values()]
    .filter(({ cluster }) => cluster === clusterName)
    .flatMap(({ brokerName, brokerAddrs }) => brokerAddrs.map(([id, addr]) => ({ brokerName, id, addr })));
  const asked = await Promise.all(
    brokers.map(async ({ brokerName, id, addr }): Promise<[string, Sheet]> => {
      const { table } = await oracle.ask("fetchBrokerRuntimeStats", [addr]);
      return [
        `${brokerName}:${id}`,
        {
          addr,
          version: (table.get("brokerVersionDesc") ?? "").replace(/^V/, "").replaceAll("_", "."),
          bootAt: Number(table.get("bootTimestamp")),
          diskRatio: Number(table.get("commitLogDiskRatio")),
          ...countsOf(table),
        },
      ];
    }),
  );
  return Object.fromEntries(asked);
}

async function storageSheet({ oracle }: Sides, scene: Scene): Promise<Sheet> {
  const asked = await Promise.all(
    scene.masters.map(async ({ brokerName, addr }): Promise<[string, Sheet]> => {
      const config = await oracle.ask("getBrokerConfig", [addr]);
      return [
        brokerName,
        {
          retentionHours: Number(config.get("fileReservedTime")),
          brokerRole: config.get("brokerRole"),
          flushDiskType: config.get("flushDiskType"),
          deleteWhen: config.get("deleteWhen"),
        },
      ];
    }),
  );
  return Object.fromEntries(asked);
}

async function messagesSheet({ oracle }: Sides, scene: Scene): Promise<Sheet> {
  const tables = await Promise.all([...scene.userTopics].map((topic) => oracle.ask("examineTopicStats", [topic])));
  const queues = tables.flatMap(({ offsetTable }) => offsetTable);
  const historical = totalOf(queues.map(([, { maxOffset }]) => maxOffset));
  const minimum = totalOf(queues.map(([, { minOffset }]) => minOffset));
  return { historical, stored: String(BigInt(historical) - BigInt(minimum)), topicCount: scene.userTopics.size };
}

async function lagsSheet({ oracle }: Sides, scene: Scene): Promise<Sheet> {
  let total = 0n;
  const groups: [string, string][] = [];
  for (const group of scene.userGroups) {
    const begun = new Set((await progressOf(oracle, scene.masters, group, null)).map(([{ topic }]) => topic));
    const offsets = (await wholeProgressOf(oracle, scene, group)).filter(([{ topic }]) => begun.has(topic));
    for (const topic of begun) {
      const waiting = offsets
        .filter(([queue]) => queue.topic === topic)
        .reduce((sum, [, offset]) => sum + waitingOf(offset), 0n);
      total += waiting;
      if (waiting > 0n) groups.push([`${group} ${topic}`, waiting.toString()]);
    }
  }
  return { total: total.toString(), groups: Object.fromEntries(groups) };
}

const isInner = (group: string) => group === "CLIENT_INNER_PRODUCER" || group.startsWith("_INNER_TRACE_PRODUCER");

async function producerGroups({ oracle }: Sides, { masters }: Scene): Promise<number> {
  const tables = await Promise.all(masters.map(({ addr }) => oracle.ask("getAllProducerInfo", [addr])));
  const names = tables.flatMap(({ data }) => [...data.keys()]);
  return new Set(names.filter((group) => !isInner(group))).size;
}

const SAMPLED_MS = 90_000;

/**
 * What the console samples by itself it shows as it was then. The sample after the next one was begun after this was
 * called, so that what the oracle says before and after brackets it.
 */
async function sampled<T extends { at: number }>(ask: () => Promise<T>): Promise<T> {
  const times = new Set<number>();
  const deadline = Date.now() + SAMPLED_MS;
  for (;;) {
    const answer = await ask();
    // Of a cluster so large that it takes longer, the last sample has to do.
    if (times.add(answer.at).size > 2 || Date.now() > deadline) return answer;
    await delay(200);
  }
}

function questions(sides: Sides, scene: Scene): Question[] {
  const { api, instanceId } = sides;
  return [
    {
      what: "Overview: brokers",
      subject: scene.clusterName,
      oracle: () => brokersSheet(sides, scene.clusterName),
      console: async () =>
        byKey(
          (await sampled(() => api.overview.brokers({ instanceId }))).brokers,
          ({ brokerName, brokerId }) => `${brokerName}:${brokerId}`,
          ({
            addr,
            version,
            bootAt,
            diskRatio,
            producedToday,
            consumedToday,
            producedYesterday,
            consumedYesterday,
          }) => ({
            addr,
            version,
            bootAt,
            diskRatio,
            producedToday,
            consumedToday,
            producedYesterday,
            consumedYesterday,
          }),
        ),
    },
    {
      what: "Overview: storage",
      subject: scene.clusterName,
      oracle: () => storageSheet(sides, scene),
      console: async () =>
        byKey(
          (await api.instance.storage({ instanceId })).brokers.filter(({ brokerId }) => brokerId === "0"),
          ({ brokerName }) => brokerName,
          ({ retentionHours, brokerRole, flushDiskType, deleteWhen }) => ({
            retentionHours,
            brokerRole,
            flushDiskType,
            deleteWhen,
          }),
        ),
    },
    {
      what: "Overview: messages",
      subject: scene.clusterName,
      oracle: () => messagesSheet(sides, scene),
      console: async () => {
        const { historical, stored, topicCount } = await sampled(() => api.overview.messages({ instanceId }));
        return { historical, stored, topicCount };
      },
    },
    {
      what: "Overview: lags",
      subject: scene.clusterName,
      oracle: () => lagsSheet(sides, scene),
      console: async () => {
        const { lag, neverConsumed, groups } = await sampled(() => api.overview.lags({ instanceId }));
        return {
          total: sumShown([lag, neverConsumed]),
          groups: byKey(
            groups,
            ({ group, topic }) => `${group} ${topic}`,
            // Where it has begun no queue there is no lag; where one was not read there is no figure.
            (one) => sumShown([one.lag ?? (one.neverConsumedQueues > 0 ? "0" : null), one.neverConsumed]),
          ),
        };
      },
    },
    {
      what: "Overview: clients",
      subject: scene.clusterName,
      oracle: async () => ({
        producerGroups: await producerGroups(sides, scene),
        consumerGroups: scene.userGroups.size,
      }),
      console: async () => {
        const { producerGroups, consumerGroups } = await api.overview.clients({ instanceId });
        return { producerGroups, consumerGroups };
      },
    },
  ];
}

/** Counts and totals of the whole cluster. */
export const judgeOverview = (judge: Judge, scene: Scene): Promise<void> =>
  judge.compareAll(questions(judge.sides, scene));
