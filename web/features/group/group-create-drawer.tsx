import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Checkbox, Input } from "antd";
import { useState } from "react";
import { REMARK_MAX } from "#contract/rules/limits.ts";
import { groupNameFault } from "#contract/rules/names.ts";
import { Field, FieldGroup } from "../../components/field.tsx";
import { outcomeOf } from "../../components/plan-lines.tsx";
import { usePlannedWrite } from "../../components/planned-write.ts";
import { WriteDrawer } from "../../components/write-drawer.tsx";
import { api, client } from "../../lib/api.ts";
import { useT } from "../../lib/i18n.ts";
import { Choice, PolicyField, RemarkField, RetriesField, retriesWrong } from "./group-fields.tsx";
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

type Change = (changes: Partial<Draft>) => void;

const PLAN_FIELDS = ["group", "brokers", "retryMaxTimes", "retryPolicy", "remark"];

function isWhole(draft: Draft, brokers: string[]): boolean {
  return (
    groupNameFault(draft.group) === undefined &&
    brokers.length > 0 &&
    draft.retryMaxTimes !== null &&
    !retriesWrong(draft.retryMaxTimes) &&
    policyOf(draft.policy) !== undefined &&
    draft.remark.length <= REMARK_MAX
  );
}

export function GroupCreateDrawer({ instanceId, onClose }: { instanceId: string; onClose: () => void }) {
  const t = useT("group");
  const queryClient = useQueryClient();
  const [draft, setDraft] = useState(blank);
  const options = useQuery(api.group.options.queryOptions({ input: { instanceId } }));
  const all = options.data?.brokers ?? [];
  const brokers = draft.brokers ?? all.map(({ brokerName }) => brokerName);
  const chosen = all.filter(({ brokerName }) => brokers.includes(brokerName));
  const keepsPolicy = chosen.some((broker) => broker.keepsRetryPolicy !== false);
  const { policy, retryMaxTimes, ...rest } = draft;
  const retryPolicy = keepsPolicy && policy.type !== "default" ? policyOf(policy) : undefined;
  const input = { instanceId, ...rest, brokers, retryMaxTimes: retryMaxTimes ?? 16, retryPolicy };
  const { plan, ready } = usePlannedWrite({
    input,
    whole: isWhole(draft, brokers),
    query: (planned) => api.group.planCreate.queryOptions({ input: planned }),
    words: usePlanWords(),
    fields: PLAN_FIELDS,
    fault: (key) => t(`fault.${key}`),
  });
  const apply = async () => {
    const { outcomes } = await client.group.create(input);
    await queryClient.invalidateQueries({ queryKey: api.group.key() });
    const { group } = draft;
    return outcomeOf(
      outcomes,
      <p>
        <Link to="/instances/$instanceId/groups/$group" params={{ instanceId, group }}>
          {t("toGroup", { group })}
        </Link>
      </p>,
    );
  };
  return (
    <WriteDrawer
      open
      title={t("createTitle")}
      plan={plan}
      dirty={draft !== blank}
      ready={ready}
      applyText={t("create")}
      onApply={apply}
      onClose={onClose}
    >
      <CreateFields
        draft={draft}
        all={all.map(({ brokerName }) => brokerName)}
        brokers={brokers}
        keepsPolicy={keepsPolicy}
        unread={chosen.filter((broker) => broker.keepsRetryPolicy === null).map(({ brokerName }) => brokerName)}
        change={(changes) => setDraft((before) => ({ ...before, ...changes }))}
      />
    </WriteDrawer>
  );
}

interface CreateFieldsProps {
  draft: Draft;
  all: string[];
  brokers: string[];
  /** Some broker keeps a retry policy, or may. */
  keepsPolicy: boolean;
  /** Brokers that did not say. */
  unread: string[];
  change: Change;
}

function CreateFields({ draft, all, brokers, keepsPolicy, unread, change }: CreateFieldsProps) {
  const t = useT("group");
  const range = draft.retryMaxTimes === null || retriesWrong(draft.retryMaxTimes);
  return (
    <div className="rd-group-form">
      <NameField value={draft.group} onChange={(group) => change({ group })} />
      <BrokerChoice all={all} brokers={brokers} onChange={(chosen) => change({ brokers: chosen })} />
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
          {keepsPolicy ? (
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
        fault={range ? t("fault.retries.range") : undefined}
        onChange={(retryMaxTimes) => change({ retryMaxTimes })}
      />
      {keepsPolicy ? (
        <PolicyField
          draft={draft.policy}
          blank={defaultPolicyDraft}
          wrong={policyOf(draft.policy) === undefined}
          onChange={(policy) => change({ policy })}
        />
      ) : null}
      {unread.length > 0 ? <p className="rd-quiet">{t("policyUnread", { brokers: unread.join(", ") })}</p> : null}
      <RemarkField value={draft.remark} onChange={(remark) => change({ remark })} />
    </div>
  );
}

function NameField({ value, onChange }: { value: string; onChange: (group: string) => void }) {
  const t = useT("group");
  const [left, setLeft] = useState(false);
  const fault = groupNameFault(value);
  const shown = fault !== undefined && (left || value !== "") ? t(`fault.name.${fault}`) : undefined;
  return (
    <Field label={t("group")} hint={t("nameHint")} fault={shown}>
      {(control) => (
        <Input
          {...control}
          className="rd-mono"
          value={value}
          autoFocus
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => onChange(event.target.value.trim())}
          onBlur={() => setLeft(true)}
        />
      )}
    </Field>
  );
}

interface BrokerChoiceProps {
  all: string[];
  brokers: string[];
  /** Undefined: all, those that join later included. */
  onChange: (brokers: string[] | undefined) => void;
}

function BrokerChoice({ all, brokers, onChange }: BrokerChoiceProps) {
  const t = useT("group");
  const none = all.length > 0 && brokers.length === 0;
  return (
    <FieldGroup label={t("brokers")} fault={none ? t("fault.brokers.none") : undefined}>
      <Checkbox
        checked={brokers.length === all.length && all.length > 0}
        indeterminate={brokers.length > 0 && brokers.length < all.length}
        onChange={({ target }) => onChange(target.checked ? undefined : [])}
      >
        {t("allBrokers")}
      </Checkbox>
      <Checkbox.Group
        className="rd-group-brokers"
        value={brokers}
        options={all.map((value) => ({ value, label: <span className="rd-mono">{value}</span> }))}
        onChange={(chosen) => onChange(chosen)}
      />
    </FieldGroup>
  );
}
