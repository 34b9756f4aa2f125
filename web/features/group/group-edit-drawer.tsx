import { useQuery } from "@tanstack/react-query";
import type { GroupItem, GroupOnBroker } from "#contract/group.ts";
import { EditFrame } from "../../components/resource/edit-frame.tsx";
import { isRemark, RemarkField } from "../../components/resource/fields.tsx";
import { WriteFrame } from "../../components/resource/write-frame.tsx";
import { api, client } from "../../lib/api.ts";
import { useDraft } from "../../lib/draft.ts";
import { useT } from "../../lib/i18n.ts";
import { isSame } from "../../lib/settled.ts";
import { ConsumeFields, policyWrong, retriesWrong, type ConsumeDraft } from "./group-fields.tsx";
import { usePlanWords } from "./group-plan-words.tsx";
import { draftOfPolicy, policyOf } from "./retry-policy.ts";

interface EditProps {
  instanceId: string;
  group: string;
  /** Begins with consuming switched so. */
  consume?: "on" | "off";
  onClose: () => void;
}

interface Draft extends ConsumeDraft {
  remark: string;
}

/** The value that all brokers share, or null. */
function shared<T>(brokers: readonly GroupOnBroker[], of: (on: GroupOnBroker) => T): T | null {
  const [first] = brokers;
  if (first === undefined) return null;
  return brokers.every((on) => isSame(of(on), of(first))) ? of(first) : null;
}

/** Brokers that are too old for a policy have none to share. */
const keepers = (group: GroupItem) => group.brokers.filter(({ retryPolicy }) => retryPolicy !== null);

function draftOf(group: GroupItem): Draft {
  const policy = shared(keepers(group), (on) => on.retryPolicy);
  return {
    consumeEnable: shared(group.brokers, (on) => on.consumeEnable),
    broadcastEnable: shared(group.brokers, (on) => on.broadcastEnable),
    ordered: shared(keepers(group), (on) => on.ordered),
    retryMaxTimes: shared(group.brokers, (on) => on.retryMaxTimes),
    policy: policy && draftOfPolicy(policy),
    remark: group.remark,
  };
}

/** Only what was changed is sent, so that brokers that differ stay different in the rest. */
function changesOf(draft: Draft, before: Draft) {
  const changed = (key: keyof Draft) => !isSame(draft[key], before[key]);
  const { consumeEnable, broadcastEnable, ordered, retryMaxTimes, policy, remark } = draft;
  const retryPolicy = policy === null ? undefined : policyOf(policy);
  return {
    ...(consumeEnable !== null && changed("consumeEnable") ? { consumeEnable } : {}),
    ...(broadcastEnable !== null && changed("broadcastEnable") ? { broadcastEnable } : {}),
    ...(ordered !== null && changed("ordered") ? { ordered } : {}),
    ...(retryMaxTimes !== null && changed("retryMaxTimes") ? { retryMaxTimes } : {}),
    ...(retryPolicy !== undefined && changed("policy") ? { retryPolicy } : {}),
    ...(changed("remark") ? { remark } : {}),
  };
}

export function GroupEditDrawer({ instanceId, group, consume, onClose }: EditProps) {
  const t = useT("group");
  return (
    <EditFrame
      title={t("editTitle", { group })}
      query={api.group.get.queryOptions({ input: { instanceId, group } })}
      onClose={onClose}
    >
      {(read) => <EditForm instanceId={instanceId} group={read} consume={consume} onClose={onClose} />}
    </EditFrame>
  );
}

/** Who is online is dear to ask, and changes nothing of the plan. */
const ONLINE_MS = 60_000;

function EditForm({ instanceId, group, consume, onClose }: Omit<EditProps, "group"> & { group: GroupItem }) {
  const t = useT("group");
  const before = draftOf(group);
  const { draft, change } = useDraft(before, consume && { consumeEnable: consume === "on" });
  const changes = changesOf(draft, before);
  const changed = Object.keys(changes).length > 0;
  const cleared = draft.retryMaxTimes === null && before.retryMaxTimes !== null;
  const retriesFault = cleared || retriesWrong(draft.retryMaxTimes);
  const retries = group.brokers.map((on) => `${on.brokerName} ${on.retryMaxTimes}`).join(", ");
  const words = usePlanWords();
  const ref = { instanceId, group: group.group };
  const online = useQuery(api.group.clients.queryOptions({ input: ref, staleTime: ONLINE_MS }));
  return (
    <WriteFrame
      title={t("editTitle", { group: group.group })}
      applyText={t("common:save")}
      dirty={changed}
      input={{ ...ref, ...changes }}
      whole={changed && !policyWrong(draft) && !retriesFault && isRemark(draft.remark)}
      query={(input) => api.group.planUpdate.queryOptions({ input })}
      words={(planned) => words(planned, online.data?.items.length)}
      apply={(planId) => client.group.update({ ...ref, planId })}
      undoing={(undo) => api.group.planUndo.queryOptions({ input: { ...ref, undo } })}
      touches={api.group.key()}
      onClose={onClose}
    >
      <div className="rd-resource-form">
        <ConsumeFields
          draft={draft}
          modern={keepers(group).length > 0}
          retriesHint={draft.retryMaxTimes === null ? t("differingValues", { values: retries }) : undefined}
          retriesFault={retriesFault}
          change={change}
        />
        <RemarkField resource="group" value={draft.remark} onChange={(remark) => change({ remark })} />
        <p className="rd-quiet">{t("notEditable")}</p>
      </div>
    </WriteFrame>
  );
}
