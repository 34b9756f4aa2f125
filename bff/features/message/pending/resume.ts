import type { ResumePlan } from "#contract/pending.ts";
import type { Deps } from "../../../api/deps.ts";
import { Problem } from "../../../base/problem.ts";
import { outcomesOf, warn } from "../../../cluster/plan-lines.ts";
import type { PlanKind } from "../../../cluster/plans.ts";
import { DISCARDED_TOPIC, pendingHalf, resumeHalf } from "../../../rocketmq/admin/half-messages.ts";
import { MessageConst } from "../../../rocketmq/codec/properties.ts";
import { messageAt } from "../message-queue.ts";
import { waitSettings } from "./broker-settings.ts";
import { producerGroupOf } from "./half.ts";
import { producersOf } from "./producers.ts";
import { masterOf, subjectOf, type AskedAt } from "./recall.ts";

/** Half messages that are looked through for one that was put back already. */
const LOOKED_THROUGH = 4096;
const HOUR_MS = 3_600_000;

/** Puts a discarded half message back among those that the broker asks about. */
export const halfResume = (deps: Deps): PlanKind<AskedAt, ResumePlan> => ({
  kind: "message.resume",
  subject: subjectOf,
  async prepare(asked, { signal }) {
    const { topic, brokerName } = asked;
    if (topic !== DISCARDED_TOPIC)
      throw new Problem("BAD_REQUEST", { issues: [{ path: "topic", message: "topic.notDiscarded" }] });
    const cluster = await deps.clusters.get(asked.instanceId, signal);
    const { message } = await messageAt(cluster, asked, signal);
    const master = await masterOf(cluster, brokerName);
    const { addr } = master;
    const { msgId, offsetMsgId, bornTimestamp, properties } = message;
    const [settings, half, producers] = await Promise.all([
      waitSettings(cluster, addr, signal),
      pendingHalf(cluster, master, LOOKED_THROUGH, signal),
      producersOf(cluster, addr, signal),
    ]);
    const producerGroup = producerGroupOf(message);
    const online = producers(producerGroup);
    const { keptHours } = settings;
    const warnings = [
      warn("copyStays"),
      ...(half.pending.some((one) => one.msgId === msgId) ? [warn("pendingAlready")] : []),
      ...(online === 0 ? [warn("noProducer", { group: producerGroup ?? "–" })] : []),
      ...(keptHours !== null && deps.now() - bornTimestamp > keptHours * HOUR_MS
        ? [warn("tooOld", { hours: keptHours })]
        : []),
    ];
    const line = { brokerName, addr, topic: properties.get(MessageConst.REAL_TOPIC) ?? topic, msgId, offsetMsgId };
    return {
      shown: { changes: [line], blocked: null, producerGroup, producers: online, warnings, commands: [], failures: [] },
      apply: async () => outcomesOf(await cluster.fanOut([master], () => resumeHalf(cluster, addr, offsetMsgId))),
    };
  },
});
