import type { MessagePlace } from "#contract/message.ts";
import type { RecallPlan } from "#contract/pending.ts";
import { usePlanNotes } from "../../../components/plan-lines.tsx";
import { WriteFrame } from "../../../components/resource/write-frame.tsx";
import type { WritePlan } from "../../../components/write-plan.tsx";
import { api, client } from "../../../lib/api.ts";
import { useFormat } from "../../../lib/format.ts";
import { useT } from "../../../lib/i18n.ts";

export interface AboutMessage {
  instanceId: string;
  message: MessagePlace;
  onClose: () => void;
}

/** Takes a timed message back before its time. */
export function RecallDrawer({ instanceId, message, onClose }: AboutMessage) {
  const t = useT("pending");
  const { topic, brokerName, queueId, queueOffset } = message;
  const place = { instanceId, topic, brokerName, queueId, queueOffset };
  return (
    <WriteFrame
      title={t("recall.title")}
      applyText={t("recall.apply")}
      danger
      byButton
      narrow
      dirty={false}
      input={place}
      whole
      query={(input) => api.pending.planRecall.queryOptions({ input })}
      words={useRecallWords()}
      apply={(planId) => client.pending.recall({ ...place, planId })}
      touches={api.pending.timed.key()}
      onClose={onClose}
    >
      <p>{t("recall.text")}</p>
    </WriteFrame>
  );
}

function useRecallWords(): (plan: RecallPlan) => WritePlan {
  const t = useT("pending");
  const format = useFormat();
  const notes = usePlanNotes("pending");
  return (plan) => {
    const [line] = plan.changes;
    const names = { id: line?.msgId, topic: line?.topic, broker: line?.brokerName, time: format.time(plan.dueAt) };
    return {
      ...notes(plan),
      summary: [t("recall.summary", names)],
      changes: [],
      blocked: plan.hindrance === null ? undefined : t(`recall.hindrance.${plan.hindrance}`, names),
    };
  };
}
