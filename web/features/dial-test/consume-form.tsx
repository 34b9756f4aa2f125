import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { ConsumePlan } from "#contract/dial-test.ts";
import { PartialStrip } from "../../components/partial-strip.tsx";
import type { WritePlan } from "../../components/write-plan.tsx";
import { api, client } from "../../lib/api.ts";
import { useFormat } from "../../lib/format.ts";
import { useT } from "../../lib/i18n.ts";
import { consumeDraftOf, consumeFaults, consumeInputOf, consumeSearchOf, type ConsumeDraft } from "./consume-draft.ts";
import { ConsumeFields } from "./consume-fields.tsx";
import { ConsumeQueues } from "./consume-queues.tsx";
import { useDialWords } from "./plan-words.tsx";
import { TestForm } from "./test-form.tsx";
import { useUrlForm, type UrlFormProps } from "./use-form.ts";

export function ConsumeForm({ instanceId, search, patch }: UrlFormProps) {
  const t = useT("dial-test");
  const navigate = useNavigate();
  const { draft, change, resting } = useUrlForm(() => consumeDraftOf(search), consumeSearchOf, patch);
  const faults = consumeFaults(draft);
  const ready = Object.keys(faults).length === 0;
  const input = consumeInputOf(instanceId, draft);
  const { data, error, isPlaceholderData, refetch } = useQuery(
    api.dialTest.planConsume.queryOptions({
      input,
      enabled: ready && resting,
      placeholderData: keepPreviousData,
      retry: false,
    }),
  );
  const plan = usePlan(ready ? data : undefined, error, () => void refetch(), draft, input.commit);
  const start = async () => {
    const { jobId } = await client.dialTest.consume(input);
    await navigate({ to: "/instances/$instanceId/dial-tests/$jobId", params: { instanceId, jobId } });
  };
  return (
    <>
      <TestForm
        label={t("consumeTest")}
        plan={plan}
        ready={ready && resting && data !== undefined && !isPlaceholderData}
        startText={t("startConsume")}
        onStart={start}
      >
        <ConsumeFields
          instanceId={instanceId}
          draft={draft}
          change={change}
          clients={input.commit ? (data?.clients ?? []) : []}
          faults={draft.topic === "" ? { ...faults, topic: undefined } : faults}
        />
      </TestForm>
      {ready && !error && data ? (
        <>
          <PartialStrip failures={data.failures} onRetry={() => void refetch()} />
          <ConsumeQueues plan={data} count={input.count} commit={input.commit} />
        </>
      ) : null}
    </>
  );
}

const fields = ["topic", "group", "from", "time", "tags", "count", "timeoutSeconds", "commit"];

function usePlan(
  plan: ConsumePlan | undefined,
  error: unknown,
  onRetry: () => void,
  draft: ConsumeDraft,
  commit: boolean,
): WritePlan | undefined {
  const t = useT("dial-test");
  const format = useFormat();
  const words = useDialWords();
  if (error) return words.refusal(error, fields, onRetry);
  if (plan === undefined) return undefined;
  const back = plan.queues.filter(
    ({ committed, from }) => committed !== null && BigInt(from) < BigInt(committed),
  ).length;
  const skips = plan.queues.filter(
    ({ committed, from }) => committed !== null && BigInt(from) > BigInt(committed),
  ).length;
  const moves = commit ? [...(back > 0 ? ["movesBack"] : []), ...(skips > 0 ? ["skips"] : [])] : [];
  return {
    changes: commit
      ? [
          {
            label: t("offsets"),
            after: t("plan.moves", { count: draft.count, n: format.number(draft.count), group: draft.group.trim() }),
          },
        ]
      : [],
    affected: plan.clients.map(({ clientId, address }) => (
      <span key={clientId} className="rd-mono rd-wrap">
        {clientId} {address}
      </span>
    )),
    warnings: [
      ...plan.warnings.map(words.warning),
      ...moves.map((key) => t(`warning.${key}`, { count: key === "skips" ? skips : back })),
    ],
    blocked: words.blocked(plan.blocked, "consume"),
  };
}
