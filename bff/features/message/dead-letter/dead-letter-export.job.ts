import type { ExportForm } from "#contract/rules/message-export.ts";
import type { Deps } from "../../../api/deps.ts";
import type { JobKind } from "../../../jobs/job.ts";
import { dlqTopicOf, retriesOf } from "../../../rocketmq/admin/dead-letters.ts";
import { exportRange } from "../export-range.ts";
import { MessageExport } from "../message-export.ts";
import { presentOrigin } from "./dead-letter.presenter.ts";

export interface DeadLetterExport extends ExportForm {
  instanceId: string;
  group: string;
  from: number;
  to: number;
}

const OWN = ["originTopic", "originMsgId", "originOffsetMsgId", "retries"] as const;

/** Writes the dead letters of a group to a file. */
export const deadLetterExport = (deps: Deps): JobKind<DeadLetterExport> => ({
  kind: "deadLetter.export",
  action: "message:read",
  describe: ({ group, from, to, format, body }) => ({ group, from, to, format, body }),
  async run(ctx, { instanceId, group, from, to, ...form }) {
    const cluster = await deps.clusters.get(instanceId);
    const file = await ctx.file(MessageExport.named(`dead-letters-${group}`, form));
    const out = new MessageExport(file, form, OWN, (message) => {
      const { topic, msgId, offsetMsgId } = presentOrigin(message);
      return { originTopic: topic, originMsgId: msgId, originOffsetMsgId: offsetMsgId, retries: retriesOf(message) };
    });
    await exportRange(ctx, cluster, { topic: dlqTopicOf(group), from, to }, out);
  },
});
