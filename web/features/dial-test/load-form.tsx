import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Checkbox, Segmented } from "antd";
import { FieldGroup } from "../../components/field.tsx";
import { NumberField } from "../../components/number-field.tsx";
import { PartialStrip } from "../../components/partial-strip.tsx";
import { api, client } from "../../lib/api.ts";
import { useFormat } from "../../lib/format.ts";
import { useT } from "../../lib/i18n.ts";
import { paces } from "./dial-test-search.ts";
import { useDialWords } from "./plan-words.tsx";
import { loadDraftOf, loadFaults, loadInputOf, loadSearchOf } from "./run-draft.ts";
import { RunPlace, SizeField } from "./run-place.tsx";
import { useRunPlan } from "./run-plan-words.tsx";
import { TestForm } from "./test-form.tsx";
import { useUrlForm, type UrlFormProps } from "./use-form.ts";

/** Messages by a rate or by senders, for a time. */
export function LoadForm({ instanceId, search, patch }: UrlFormProps) {
  const t = useT("dial-test");
  const format = useFormat();
  const words = useDialWords();
  const navigate = useNavigate();
  const { draft, change, resting } = useUrlForm(() => loadDraftOf(search), loadSearchOf, patch);
  const faults = loadFaults(draft);
  const ready = Object.keys(faults).length === 0;
  const input = loadInputOf(instanceId, draft);
  const query = useQuery(
    api.dialTest.planLoad.queryOptions({
      input,
      enabled: ready && resting,
      placeholderData: keepPreviousData,
      retry: false,
    }),
  );
  const most = draft.by === "threads" ? "upTo" : "exactly";
  const plan = useRunPlan({
    query,
    draft,
    ready,
    makesGroup: draft.consume,
    changes: ({ messagesPerSecond, bytesPerSecond, totalBytes }) => [
      {
        label: t("plan.pace"),
        after: t(`plan.paceOf.${most}`, {
          n: format.number(messagesPerSecond),
          bytes: format.bytes(bytesPerSecond),
          threads: format.number(draft.threads),
        }),
      },
      { label: t("duration"), after: format.duration(draft.seconds === null ? null : draft.seconds * 1000) },
      { label: t("plan.disk"), after: t(`plan.diskOf.${most}`, { bytes: format.bytes(totalBytes) }) },
    ],
  });
  const start = async () => {
    const { jobId } = await client.dialTest.load(input);
    await navigate({ to: "/instances/$instanceId/dial-tests/$jobId", params: { instanceId, jobId } });
  };
  const caps = query.data?.caps;
  return (
    <TestForm
      label={t("loadTest")}
      plan={plan}
      ready={ready && resting && query.data !== undefined && !query.isPlaceholderData}
      startText={t("startLoad")}
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
      <FieldGroup label={t("paceBy")} hint={t(`paceHint.${draft.by}`)}>
        <Segmented
          aria-label={t("paceBy")}
          value={draft.by}
          options={paces.map((value) => ({ value, label: t(`paces.${value}`) }))}
          onChange={(by) => change({ by })}
        />
      </FieldGroup>
      <div className="rd-dial-pair">
        {draft.by === "rate" ? (
          <NumberField
            label={t("rate")}
            hint={caps ? t("upTo", { n: format.number(caps.rate) }) : undefined}
            fault={words.fault(faults.rate)}
            value={draft.rate}
            onChange={(rate) => change({ rate })}
          />
        ) : (
          <NumberField
            label={t("threads")}
            hint={t("upTo", { n: format.number(1024) })}
            fault={words.fault(faults.threads)}
            value={draft.threads}
            onChange={(threads) => change({ threads })}
          />
        )}
        <NumberField
          label={t("seconds")}
          hint={caps ? t("upTo", { n: format.number(caps.seconds) }) : undefined}
          fault={words.fault(faults.seconds)}
          value={draft.seconds}
          onChange={(seconds) => change({ seconds })}
        />
        <SizeField instanceId={instanceId} draft={draft} change={change} faults={faults} />
        <FieldGroup label={t("consumeToo")} hint={t("consumeTooHint")}>
          <Checkbox checked={draft.consume} onChange={({ target }) => change({ consume: target.checked })}>
            {t("consumeTooBox")}
          </Checkbox>
        </FieldGroup>
      </div>
    </TestForm>
  );
}
