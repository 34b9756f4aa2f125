import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { groupNameFault } from "#contract/rules/names.ts";
import { LinkButton, primary } from "../../components/link-button.tsx";
import { BrokerChoice, isRemark, NameField, RemarkField } from "../../components/resource/fields.tsx";
import { WriteFrame } from "../../components/resource/write-frame.tsx";
import { api, client } from "../../lib/api.ts";
import { useT } from "../../lib/i18n.ts";
import { isSame } from "../../lib/settled.ts";
import { ConsumeFields, policyWrong, retriesWrong } from "./group-fields.tsx";
import { usePlanWords } from "./group-plan-words.tsx";
import { defaultPolicyDraft, policyOf, type PolicyDraft } from "./retry-policy.ts";

interface Draft {
  group: string;
  /** Undefined: all of them. */
  brokers?: string[];
  consumeEnable: boolean;
  broadcastEnable: boolean;
  ordered: boolean;
  retryMaxTimes: number | null;
  policy: PolicyDraft;
  remark: string;
}

const blank: Draft = {
  group: "",
  consumeEnable: true,
  broadcastEnable: true,
  ordered: false,
  retryMaxTimes: 16,
  policy: defaultPolicyDraft,
  remark: "",
};

const PLAN_FIELDS = ["group", "brokers", "retryMaxTimes", "retryPolicy", "remark"];

function isWhole(draft: Draft, brokers: string[]): boolean {
  return (
    groupNameFault(draft.group) === undefined &&
    brokers.length > 0 &&
    draft.retryMaxTimes !== null &&
    !retriesWrong(draft.retryMaxTimes) &&
    !policyWrong(draft) &&
    isRemark(draft.remark)
  );
}

export function GroupCreateDrawer({ instanceId, onClose }: { instanceId: string; onClose: () => void }) {
  const t = useT("group");
  const [draft, setDraft] = useState(blank);
  const options = useQuery(api.group.options.queryOptions({ input: { instanceId } }));
  const all = options.data?.brokers ?? [];
  const brokers = draft.brokers ?? all.map(({ brokerName }) => brokerName);
  const chosen = all.filter(({ brokerName }) => brokers.includes(brokerName));
  const unread = chosen.filter((broker) => broker.keepsRetryPolicy === null).map(({ brokerName }) => brokerName);
  const modern = chosen.some((broker) => broker.keepsRetryPolicy !== false);
  const { policy, retryMaxTimes, ...rest } = draft;
  const retryPolicy = modern && policy.type !== "default" ? policyOf(policy) : undefined;
  const { group } = draft;
  const change = (changes: Partial<Draft>) => setDraft((before) => ({ ...before, ...changes }));
  return (
    <WriteFrame
      title={t("createTitle")}
      applyText={t("create")}
      dirty={!isSame(draft, blank)}
      input={{ instanceId, ...rest, brokers, retryMaxTimes: retryMaxTimes ?? 16, retryPolicy }}
      whole={isWhole(draft, brokers)}
      query={(input) => api.group.planCreate.queryOptions({ input })}
      words={usePlanWords()}
      fields={PLAN_FIELDS}
      fault={(key) => t(`fault.${key}`)}
      apply={(planId) => client.group.create({ instanceId, group, planId })}
      touches={api.group.key()}
      next={
        <LinkButton {...primary} to="/instances/$instanceId/groups/$group" params={{ instanceId, group }}>
          {t("toGroup", { group })}
        </LinkButton>
      }
      onClose={onClose}
    >
      <div className="rd-resource-form">
        <NameField
          resource="group"
          value={group}
          fault={groupNameFault(group)}
          onChange={(name) => change({ group: name })}
        />
        <BrokerChoice
          resource="group"
          all={all.map(({ brokerName }) => brokerName)}
          brokers={brokers}
          fault={all.length > 0 && brokers.length === 0 ? t("fault.brokers.none") : undefined}
          onChange={(some) => change({ brokers: some })}
        />
        <ConsumeFields
          draft={draft}
          modern={modern}
          retriesFault={retryMaxTimes === null || retriesWrong(retryMaxTimes)}
          change={change}
        />
        {unread.length > 0 ? <p className="rd-quiet">{t("policyUnread", { brokers: unread.join(", ") })}</p> : null}
        <RemarkField resource="group" value={draft.remark} onChange={(remark) => change({ remark })} />
      </div>
    </WriteFrame>
  );
}
