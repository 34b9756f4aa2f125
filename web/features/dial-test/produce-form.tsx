import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { WritePlan } from "../../components/write-plan.tsx";
import { api, client } from "../../lib/api.ts";
import { useFormat } from "../../lib/format.ts";
import { useT } from "../../lib/i18n.ts";
import { useDialWords } from "./plan-words.tsx";
import { produceDraftOf, produceFaults, produceInputOf, produceSearchOf, type ProduceDraft } from "./produce-draft.ts";
import { ProduceFields } from "./produce-fields.tsx";
import { TestForm } from "./test-form.tsx";
import { useUrlForm, type UrlFormProps } from "./use-form.ts";

export function ProduceForm({ instanceId, search, patch }: UrlFormProps) {
  const t = useT("dial-test");
  const navigate = useNavigate();
  const { draft, change, resting } = useUrlForm(() => produceDraftOf(search), produceSearchOf, patch);
  const faults = produceFaults(draft);
  const ready = Object.keys(faults).length === 0;
  const plan = usePlan(instanceId, draft, ready, resting);
  const start = async () => {
    const { jobId } = await client.dialTest.produce(produceInputOf(instanceId, draft));
    await navigate({ to: "/instances/$instanceId/dial-tests/$jobId", params: { instanceId, jobId } });
  };
  return (
    <TestForm label={t("produceTest")} plan={plan} ready={ready} startText={t("startProduce")} onStart={start}>
      {draft.bodyLost && draft.body === "" ? <p className="rd-note">{t("bodyLost")}</p> : null}
      <ProduceFields
        instanceId={instanceId}
        draft={draft}
        change={change}
        // An empty form is not yet wrong.
        faults={draft.topic === "" ? { ...faults, topic: undefined } : faults}
      />
    </TestForm>
  );
}

const fields = ["topic", "count", "sizeKb", "tag", "keys", "properties", "body", "shardingKey", "delayLevel"];

function usePlan(instanceId: string, draft: ProduceDraft, ready: boolean, resting: boolean): WritePlan | undefined {
  const t = useT("dial-test");
  const format = useFormat();
  const words = useDialWords();
  const { data, error, refetch } = useQuery(
    api.dialTest.planProduce.queryOptions({
      input: produceInputOf(instanceId, draft),
      enabled: ready && resting,
      placeholderData: keepPreviousData,
      retry: false,
    }),
  );
  if (!ready) return undefined;
  if (error) return words.refusal(error, fields, () => void refetch());
  if (!data) return undefined;
  return {
    changes:
      data.blocked === null
        ? [
            { label: t("topic"), after: <span className="rd-mono">{draft.topic}</span> },
            {
              label: t("messages"),
              after: t("plan.messages", { n: format.number(draft.count), bytes: format.bytes(data.totalBytes) }),
            },
            { label: t("messageType"), after: t(`type.${draft.messageType}`) },
            { label: t("plan.queues"), after: format.number(data.queues) },
          ]
        : [],
    brokers: data.brokers,
    warnings: data.warnings.map(words.warning),
    blocked: words.blocked(data.blocked),
  };
}
