import "./push.css";
import { useQuery } from "@tanstack/react-query";
import { useRef, useState } from "react";
import type { PushAnswer } from "#contract/push.ts";
import { usePlannedWrite } from "../../../components/planned-write.ts";
import { PanelSkeleton } from "../../../components/table-skeleton.tsx";
import { WriteDrawer } from "../../../components/write-drawer.tsx";
import { ErrorState } from "../../../components/error-state.tsx";
import { api, client } from "../../../lib/api.ts";
import { useT } from "../../../lib/i18n.ts";
import type { MessagePartProps } from "../message-parts.ts";
import { TargetFields } from "./push-targets.tsx";
import { useOutcome, usePlanWords } from "./push-words.tsx";

interface PushDrawerProps extends MessagePartProps {
  onClose: () => void;
}

/** Who gets the message, what that does, and what the client said. */
export function PushDrawer({ instanceId, detail, group: shownFor, onClose }: PushDrawerProps) {
  const t = useT("push");
  const { topic, brokerName, queueId, queueOffset } = detail;
  const place = { instanceId, topic, brokerName, queueId, queueOffset };
  const targets = useQuery(api.push.targets.queryOptions({ input: place, staleTime: 10_000 }));
  const [typed, setTyped] = useState<{ group?: string; clientId?: string }>({});
  const items = targets.data?.items ?? [];
  const can = items.filter(({ hindrance }) => hindrance === null);
  const groups = [...new Set(can.map((one) => one.group))];
  const group = typed.group ?? (groups.length === 1 || !groups.includes(shownFor ?? "") ? groups.at(0) : shownFor);
  const ofGroup = can.filter((one) => one.group === group);
  const clientId = typed.clientId ?? (ofGroup.length === 1 ? ofGroup[0]?.clientId : undefined);
  const outcomeOf = useOutcome();
  const answer = useRef<PushAnswer | null>(null);
  const { plan, ready, apply } = usePlannedWrite({
    input: { ...place, group: group ?? "", clientId: clientId ?? "" },
    whole: group !== undefined && clientId !== undefined,
    query: (input) => api.push.plan.queryOptions({ input }),
    words: usePlanWords(),
    apply: async (planId, { changes }) => {
      const [line] = changes;
      const to = { group: line?.group ?? "", clientId: line?.clientId ?? "" };
      const applied = await client.push.run({ ...place, ...to, planId });
      answer.current = applied.answer;
      return applied;
    },
    touches: api.message.groups.key(),
  });
  return (
    <WriteDrawer
      open
      title={t("title")}
      plan={plan}
      dirty={typed.clientId !== undefined}
      ready={ready}
      applyText={t("apply")}
      danger
      byButton
      onApply={async () => outcomeOf((await apply()).outcomes, answer.current)}
      onClose={onClose}
    >
      {targets.isPending ? (
        <PanelSkeleton lines={4} label={t("common:loading")} />
      ) : targets.error ? (
        <ErrorState error={targets.error} onRetry={() => void targets.refetch()} inline />
      ) : (
        <TargetFields
          detail={detail}
          found={targets.data}
          group={group}
          clientId={clientId}
          onChange={setTyped}
          onRetry={() => void targets.refetch()}
        />
      )}
    </WriteDrawer>
  );
}
