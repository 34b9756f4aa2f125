import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { ProducePlan } from "#contract/dial-test.ts";
import { PartialStrip } from "../../components/partial-strip.tsx";
import type { WritePlan } from "../../components/write-plan.tsx";
import { api, client } from "../../lib/api.ts";
import { useFormat } from "../../lib/format.ts";
import { useT } from "../../lib/i18n.ts";
import { keepSent, keptBody, useKeptBody } from "./kept-body.ts";
import { useDialWords } from "./plan-words.tsx";
import { produceDraftOf, produceFaults, produceInputOf, produceSearchOf, type ProduceDraft } from "./produce-draft.ts";
import { ProduceFields } from "./produce-fields.tsx";
import { TestForm } from "./test-form.tsx";
import { useUrlForm, type UrlFormProps } from "./use-form.ts";

export function ProduceForm({ instanceId, search, patch }: UrlFormProps) {
  const t = useT("dial-test");
  const navigate = useNavigate();
  const initial = () => produceDraftOf(search, keptBody(instanceId, search));
  const { draft, change, resting } = useUrlForm(initial, produceSearchOf, patch);
  useKeptBody(instanceId, draft);
  const input = produceInputOf(instanceId, draft);
  const named = draft.topic.trim() !== "";
  const query = useQuery(
    api.dialTest.planProduce.queryOptions({
      input,
      enabled: named && resting && isSendable(draft),
      placeholderData: keepPreviousData,
      retry: false,
    }),
  );
  const type = draft.messageType ?? (named ? query.data?.messageType : undefined) ?? "NORMAL";
  const faults = produceFaults(draft, type);
  const ready = Object.keys(faults).length === 0;
  const start = async () => {
    const { jobId } = await client.dialTest.produce({ ...input, messageType: type });
    if (input.body !== undefined) keepSent(instanceId, jobId, input.body);
    await navigate({ to: "/instances/$instanceId/dial-tests/$jobId", params: { instanceId, jobId } });
  };
  return (
    <TestForm
      label={t("produceTest")}
      plan={usePlan(query, draft, named)}
      ready={ready && resting && query.data !== undefined && !query.isPlaceholderData}
      startText={t("startProduce", { count: draft.count ?? 1 })}
      onStart={start}
    >
      {named && query.data ? (
        <PartialStrip failures={query.data.failures} onRetry={() => void query.refetch()} />
      ) : null}
      {draft.bodyOf !== undefined && draft.body === "" ? <p className="rd-note">{t("bodyLost")}</p> : null}
      <ProduceFields
        instanceId={instanceId}
        draft={draft}
        type={type}
        plan={named ? query.data : undefined}
        change={change}
        // An empty form is not yet wrong.
        faults={{
          ...faults,
          ...(named ? {} : { topic: undefined }),
          ...(draft.body === "" ? { body: undefined } : {}),
        }}
      />
    </TestForm>
  );
}

/** Whether the plan of a draft can be asked for: the API would refuse any other. */
function isSendable(draft: ProduceDraft): boolean {
  const { body: _, ...faults } = produceFaults(draft, draft.messageType ?? "NORMAL");
  return Object.keys(faults).length === 0;
}

const fields = ["topic", "count", "sizeKb", "tag", "keys", "properties", "body", "shardingKey", "delayLevel"];

interface PlanQuery {
  data: ProducePlan | undefined;
  error: unknown;
  refetch: () => unknown;
}

function usePlan({ data, error, refetch }: PlanQuery, draft: ProduceDraft, named: boolean): WritePlan | undefined {
  const t = useT("dial-test");
  const format = useFormat();
  const words = useDialWords();
  if (!named) return undefined;
  if (error) return words.refusal(error, fields, () => void refetch());
  if (!data) return undefined;
  const { consumers, blocked } = data;
  const isUnwritten = draft.mode === "own" && draft.body.trim() === "";
  const possible = blocked === null || blocked === "STILL_IN_USE" || blocked === "USE_UNKNOWN";
  return {
    changes: possible
      ? [
          { label: t("topic"), after: <span className="rd-mono">{draft.topic}</span> },
          {
            label: t("messages"),
            after: isUnwritten
              ? format.number(draft.count)
              : t("plan.messages", { n: format.number(draft.count), bytes: format.bytes(data.totalBytes) }),
          },
          { label: t("messageType"), after: t(`type.${data.messageType}`) },
          { label: t("plan.queues"), after: format.number(data.queues) },
        ]
      : [],
    brokers: data.brokers,
    affected: consumers.map(({ group, clients }) => (
      <span key={group}>
        <span className="rd-mono rd-wrap">{group}</span> {t("plan.clients", { count: clients })}
      </span>
    )),
    warnings: data.warnings.map(words.warning),
    blocked: data.limit === null ? words.blocked(blocked, "produce") : words.limit(data.limit),
  };
}
