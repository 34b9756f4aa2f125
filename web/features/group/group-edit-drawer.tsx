import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { GroupItem, GroupOnBroker } from "#contract/group.ts";
import { REMARK_MAX } from "#contract/rules/limits.ts";
import { ErrorState } from "../../components/error-state.tsx";
import { FieldGroup } from "../../components/field.tsx";
import { outcomeOf } from "../../components/plan-lines.tsx";
import { usePlannedWrite } from "../../components/planned-write.ts";
import { PanelSkeleton } from "../../components/table-skeleton.tsx";
import { WriteDrawer } from "../../components/write-drawer.tsx";
import { api, client } from "../../lib/api.ts";
import { useT } from "../../lib/i18n.ts";
import { Choice, PolicyField, RemarkField, RetriesField, retriesWrong } from "./group-fields.tsx";
import { usePlanWords } from "./group-plan-words.tsx";
import { defaultPolicyDraft, draftOfPolicy, policyOf, type PolicyDraft } from "./retry-policy.ts";

interface EditProps {
  instanceId: string;
  group: string;
  /** Begins with consuming switched so. */
  consume?: "on" | "off";
  onClose: () => void;
}

/** Null: brokers differ, and each keeps its own. */
interface Draft {
  consumeEnable: boolean | null;
  broadcastEnable: boolean | null;
  ordered: boolean | null;
  retryMaxTimes: number | null;
  policy: PolicyDraft | null;
  remark: string;
}

/** The value that all brokers share, or null. */
function shared<T>(brokers: readonly GroupOnBroker[], of: (on: GroupOnBroker) => T): T | null {
  const [first] = brokers;
  if (first === undefined) return null;
  const text = JSON.stringify(of(first));
  return brokers.every((on) => JSON.stringify(of(on)) === text) ? of(first) : null;
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
  const changed = (key: keyof Draft) => JSON.stringify(draft[key]) !== JSON.stringify(before[key]);
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
  const { data, error, refetch } = useQuery(
    api.group.get.queryOptions({ input: { instanceId, group }, staleTime: Infinity }),
  );
  if (data) return <EditForm instanceId={instanceId} group={data} consume={consume} onClose={onClose} />;
  return (
    <WriteDrawer
      open
      title={t("editTitle", { group })}
      plan={undefined}
      dirty={false}
      ready={false}
      applyText={t("common:save")}
      onApply={() => Promise.resolve()}
      onClose={onClose}
    >
      {error ? (
        <ErrorState error={error} onRetry={() => void refetch()} inline />
      ) : (
        <PanelSkeleton label={t("common:loading")} />
      )}
    </WriteDrawer>
  );
}

function EditForm({ instanceId, group, consume, onClose }: Omit<EditProps, "group"> & { group: GroupItem }) {
  const t = useT("group");
  const queryClient = useQueryClient();
  const [before] = useState(() => draftOf(group));
  const [draft, setDraft] = useState(() =>
    consume === undefined ? before : { ...before, consumeEnable: consume === "on" },
  );
  const changes = changesOf(draft, before);
  const changed = Object.keys(changes).length > 0;
  const policyWrong = draft.policy !== null && policyOf(draft.policy) === undefined;
  const cleared = draft.retryMaxTimes === null && before.retryMaxTimes !== null;
  const wrong = policyWrong || cleared || retriesWrong(draft.retryMaxTimes) || draft.remark.length > REMARK_MAX;
  const whole = changed && !wrong;
  const input = { instanceId, group: group.group, ...changes };
  const words = usePlanWords();
  const { plan, ready } = usePlannedWrite({
    input,
    whole,
    query: (planned) => api.group.planUpdate.queryOptions({ input: planned }),
    words: (planned) => words(planned, { before: before.remark, after: draft.remark }),
  });
  const apply = async () => {
    const { outcomes } = await client.group.update(input);
    await queryClient.invalidateQueries({ queryKey: api.group.key() });
    // A remark is the console's own: no broker has an outcome to show.
    return outcomes.length === 0 ? undefined : outcomeOf(outcomes);
  };
  return (
    <WriteDrawer
      open
      title={t("editTitle", { group: group.group })}
      plan={plan}
      dirty={changed}
      ready={ready}
      applyText={t("common:save")}
      onApply={apply}
      onClose={onClose}
    >
      <EditFields
        group={group}
        draft={draft}
        retriesFault={cleared || retriesWrong(draft.retryMaxTimes)}
        policyWrong={policyWrong}
        change={(part) => setDraft((old) => ({ ...old, ...part }))}
      />
    </WriteDrawer>
  );
}

interface EditFieldsProps {
  group: GroupItem;
  draft: Draft;
  retriesFault: boolean;
  policyWrong: boolean;
  change: (part: Partial<Draft>) => void;
}

function EditFields({ group, draft, retriesFault, policyWrong, change }: EditFieldsProps) {
  const t = useT("group");
  const modern = keepers(group).length > 0;
  const retries = group.brokers.map((on) => `${on.brokerName} ${on.retryMaxTimes}`).join(", ");
  return (
    <div className="rd-group-form">
      <FieldGroup label={t("consumption")}>
        <div className="rd-group-checks">
          <Choice
            value={draft.consumeEnable}
            label={t("consumeEnable")}
            text={t("consumeEnableText")}
            onChange={(consumeEnable) => change({ consumeEnable })}
          />
          <Choice
            value={draft.broadcastEnable}
            label={t("broadcastEnable")}
            text={t("broadcastEnableText")}
            onChange={(broadcastEnable) => change({ broadcastEnable })}
          />
          {modern ? (
            <Choice
              value={draft.ordered}
              label={t("ordered")}
              text={t("orderedText")}
              onChange={(ordered) => change({ ordered })}
            />
          ) : null}
        </div>
      </FieldGroup>
      <RetriesField
        value={draft.retryMaxTimes}
        hint={draft.retryMaxTimes === null ? t("differingValues", { values: retries }) : undefined}
        fault={retriesFault ? t("fault.retries.range") : undefined}
        onChange={(retryMaxTimes) => change({ retryMaxTimes })}
      />
      {modern ? (
        <PolicyField
          draft={draft.policy}
          blank={defaultPolicyDraft}
          wrong={policyWrong}
          onChange={(policy) => change({ policy })}
        />
      ) : null}
      <RemarkField value={draft.remark} onChange={(remark) => change({ remark })} />
      <p className="rd-quiet">{t("notEditable")}</p>
    </div>
  );
}
