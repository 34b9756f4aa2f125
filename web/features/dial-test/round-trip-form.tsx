import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Checkbox, Segmented } from "antd";
import { FieldGroup } from "../../components/field.tsx";
import { GroupSuggest } from "../../components/name-suggest.tsx";
import { NumberField } from "../../components/number-field.tsx";
import { PartialStrip } from "../../components/partial-strip.tsx";
import { TextField } from "../../components/text-field.tsx";
import { api, client } from "../../lib/api.ts";
import { useFormat } from "../../lib/format.ts";
import { useT } from "../../lib/i18n.ts";
import { receivers } from "./dial-test-search.ts";
import { useDialWords } from "./plan-words.tsx";
import {
  roundTripDraftOf,
  roundTripFaults,
  roundTripInputOf,
  roundTripSearchOf,
  type RoundTripDraft,
} from "./run-draft.ts";
import { RunPlace, SizeField } from "./run-place.tsx";
import { useRunPlan } from "./run-plan-words.tsx";
import { TestForm } from "./test-form.tsx";
import { useUrlForm, type DraftProps, type UrlFormProps } from "./use-form.ts";

/** Messages that are sent and received again. */
export function RoundTripForm({ instanceId, search, patch }: UrlFormProps) {
  const t = useT("dial-test");
  const format = useFormat();
  const navigate = useNavigate();
  const { draft, change, resting } = useUrlForm(() => roundTripDraftOf(search), roundTripSearchOf, patch);
  const faults = roundTripFaults(draft);
  const ready = Object.keys(faults).length === 0;
  const input = roundTripInputOf(instanceId, draft);
  const query = useQuery(
    api.dialTest.planRoundTrip.queryOptions({
      input,
      enabled: ready && resting,
      placeholderData: keepPreviousData,
      retry: false,
    }),
  );
  const plan = useRunPlan({
    query,
    draft,
    ready,
    makesGroup: draft.receiver === "made",
    changes: ({ totalBytes }) => [
      {
        label: t("messages"),
        after: t("plan.messages", { n: format.number(draft.count), bytes: format.bytes(totalBytes) }),
      },
    ],
  });
  const start = async () => {
    const { jobId } = await client.dialTest.roundTrip(input);
    await navigate({ to: "/instances/$instanceId/dial-tests/$jobId", params: { instanceId, jobId } });
  };
  return (
    <TestForm
      label={t("roundTripTest")}
      plan={plan}
      ready={ready && resting && query.data !== undefined && !query.isPlaceholderData}
      startText={t("startRoundTrip")}
      onStart={start}
    >
      {ready && query.data ? (
        <PartialStrip failures={query.data.failures} onRetry={() => void query.refetch()} />
      ) : null}
      <RunPlace
        instanceId={instanceId}
        draft={draft}
        change={change}
        faults={draft.topic === "" ? { ...faults, topic: undefined } : faults}
        plan={ready ? query.data : undefined}
      />
      <Figures instanceId={instanceId} draft={draft} change={change} faults={faults} />
      <Receiver instanceId={instanceId} draft={draft} change={change} faults={faults} />
    </TestForm>
  );
}

type FieldsProps = DraftProps<RoundTripDraft> & { instanceId: string };

function Figures(props: FieldsProps) {
  const t = useT("dial-test");
  const words = useDialWords();
  const { draft, change, faults } = props;
  return (
    <div className="rd-dial-pair">
      <NumberField
        label={t("count")}
        hint={t("countHint")}
        fault={words.fault(faults.count)}
        value={draft.count}
        onChange={(count) => change({ count })}
      />
      <SizeField {...props} />
      <TextField label={t("tag")} mono value={draft.tag} onChange={(tag) => change({ tag })} />
      <NumberField
        label={t("lostAfter")}
        hint={t("timeoutHint")}
        fault={words.fault(faults.timeoutSeconds)}
        value={draft.timeoutSeconds}
        onChange={(timeoutSeconds) => change({ timeoutSeconds })}
      />
    </div>
  );
}

function Receiver({ instanceId, draft, change, faults }: FieldsProps) {
  const t = useT("dial-test");
  const words = useDialWords();
  return (
    <>
      <FieldGroup label={t("receiver")} hint={t(`receiverHint.${draft.receiver}`)}>
        <Segmented
          aria-label={t("receiver")}
          value={draft.receiver}
          options={receivers.map((value) => ({ value, label: t(`receivers.${value}`) }))}
          onChange={(receiver) => change({ receiver })}
        />
      </FieldGroup>
      {draft.receiver === "group" ? (
        <div className="rd-dial-pair">
          <GroupSuggest
            label={t("groupName")}
            instanceId={instanceId}
            value={draft.group}
            onChange={(group) => change({ group })}
            unread={t("groupsUnread")}
            fault={draft.group === "" ? undefined : words.fault(faults.group)}
          />
          <FieldGroup label={t("offsets")} hint={t("commitForward")}>
            <Checkbox checked={draft.commit} onChange={({ target }) => change({ commit: target.checked })}>
              {t("commit")}
            </Checkbox>
          </FieldGroup>
        </div>
      ) : null}
    </>
  );
}
