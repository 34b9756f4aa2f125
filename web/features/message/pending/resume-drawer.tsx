import type { ResumePlan } from "#contract/pending.ts";
import { usePlanNotes } from "../../../components/plan-lines.tsx";
import { WriteFrame } from "../../../components/resource/write-frame.tsx";
import type { WritePlan } from "../../../components/write-plan.tsx";
import { api, client } from "../../../lib/api.ts";
import { useT } from "../../../lib/i18n.ts";
import type { AboutMessage } from "./recall-drawer.tsx";

/** Has the broker ask once more what became of a transaction. */
export function ResumeDrawer({ instanceId, message, onClose }: AboutMessage) {
  const t = useT("pending");
  const { topic, brokerName, queueId, queueOffset } = message;
  const place = { instanceId, topic, brokerName, queueId, queueOffset };
  return (
    <WriteFrame
      title={t("resume.title")}
      applyText={t("resume.apply")}
      byButton
      narrow
      dirty={false}
      input={place}
      whole
      query={(input) => api.pending.planResume.queryOptions({ input })}
      words={useResumeWords()}
      apply={(planId) => client.pending.resume({ ...place, planId })}
      touches={api.pending.half.key()}
      onClose={onClose}
    >
      <p>{t("resume.text")}</p>
    </WriteFrame>
  );
}

function useResumeWords(): (plan: ResumePlan) => WritePlan {
  const t = useT("pending");
  const notes = usePlanNotes("pending");
  return (plan) => {
    const [line] = plan.changes;
    const names = { id: line?.msgId, topic: line?.topic, broker: line?.brokerName, group: plan.producerGroup ?? "–" };
    return { ...notes(plan), summary: [t("resume.summary", names)], changes: [] };
  };
}
