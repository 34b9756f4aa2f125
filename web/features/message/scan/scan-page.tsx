import "../message.css";
import "./scan.css";
import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { lazy, Suspense, useState } from "react";
import type { ScanSource } from "#contract/scan.ts";
import { CopyButton } from "../../../components/copyable.tsx";
import { EmptyState } from "../../../components/empty-state.tsx";
import { ErrorState } from "../../../components/error-state.tsx";
import { PageHeader } from "../../../components/page-header.tsx";
import { PartialStrip } from "../../../components/partial-strip.tsx";
import { api, client } from "../../../lib/api.ts";
import { useFormat } from "../../../lib/format.ts";
import { useT } from "../../../lib/i18n.ts";
import { useUrlState } from "../../../lib/search.ts";
import { useSettled } from "../../../lib/settled.ts";
import { ExportMenu } from "../export-menu.tsx";
import { MessageNav } from "../message-nav.tsx";
import type { MessageParts } from "../message-parts.ts";
import { isToldAtField, useFaults } from "../message-words.tsx";
import { useDraft } from "../use-draft.ts";
import { ExpressionField, useExpressionFault } from "./expression-field.tsx";
import { SavedScans } from "./saved-scans.tsx";
import { ScanResults } from "./scan-results.tsx";
import { scanSearch, sourceOf } from "./scan-search.ts";
import { SourceFields } from "./source-fields.tsx";
import { useScan } from "./use-scan.ts";

const MessageDrawer = lazy(() => import("../message-drawer.tsx").then((m) => ({ default: m.MessageDrawer })));

interface ScanPageProps {
  instanceId: string;
  parts: MessageParts;
}

/** Going through many messages with a filter, what is found coming as it is. */
export function ScanPage({ instanceId, parts }: ScanPageProps) {
  const t = useT(["scan", "message"]);
  const [search, patch] = useUrlState(scanSearch);
  const [filter, setFilter] = useDraft(search.filter ?? "");
  const fault = useExpressionFault(instanceId, filter);
  const scan = useScan();
  const { run } = scan;
  const [now, setNow] = useState(Date.now);
  const source = useSettled(sourceOf(instanceId, search, now) ?? null, 400) ?? undefined;
  const isFine = fault === null;
  const cost = useCost(source, filter, isFine);
  const faultAt = useFaults(run.error ?? cost.error);
  const isRunning = run.state === "running";
  const start = (): void => {
    const at = Date.now();
    setNow(at);
    const asked = sourceOf(instanceId, search, at);
    if (asked === undefined) return;
    patch({ filter: filter.trim() === "" ? undefined : filter, msg: undefined }, { replace: true });
    scan.start({ ...asked, expression: filter });
  };
  const ready = source !== undefined && isFine;
  return (
    <>
      <PageHeader title={t("title")} />
      <MessageNav instanceId={instanceId} />
      <form
        className="rd-scan-form"
        role="search"
        aria-label={t("title")}
        onSubmit={(event) => {
          event.preventDefault();
          if (isRunning) scan.stop();
          else if (ready) start();
        }}
      >
        <SourceFields instanceId={instanceId} search={search} patch={patch} faultAt={faultAt} />
        <ExpressionField
          value={filter}
          onChange={(typed) => {
            setFilter(typed);
            patch({ filter: typed.trim() === "" ? undefined : typed }, { replace: true });
          }}
          fault={fault}
        />
        <div className="rd-scan-actions">
          <Button type="primary" htmlType="submit" disabled={!isRunning && !ready}>
            {t(isRunning ? "stop" : "start")}
          </Button>
          <ExportMenu
            instanceId={instanceId}
            disabled={!ready}
            start={(form) => client.scan.export({ ...(source ?? NOTHING), expression: filter, ...form })}
          />
          <SavedScans instanceId={instanceId} query={globalThis.location.search} />
          <span className="rd-scan-share">
            {t("share")} <CopyButton value={globalThis.location.href} />
          </span>
          <CostLine cost={cost} />
        </div>
      </form>
      {cost.data === undefined ? null : <PartialStrip failures={cost.data.failures} missing={t("unreadCost")} />}
      {cost.error === null || isToldAtField(cost.error) || run.error !== null ? null : (
        <ErrorState error={cost.error} inline onRetry={() => void cost.refetch()} />
      )}
      {run.state === "idle" ? (
        <EmptyState title={t("empty.title")} text={t("empty.text")} />
      ) : (
        <ScanResults instanceId={instanceId} scan={scan} onOpen={(msg) => patch({ msg })} onAgain={start} />
      )}
      <Suspense fallback={null}>
        {search.msg === undefined ? null : (
          <MessageDrawer
            instanceId={instanceId}
            message={search.msg}
            group={search.group}
            parts={parts}
            onMove={(msg) => patch({ msg }, { replace: true })}
            onClose={() => patch({ msg: undefined })}
          />
        )}
      </Suspense>
    </>
  );
}

const NOTHING: ScanSource = { instanceId: "", topic: "", source: "time" };

function useCost(source: ScanSource | undefined, filter: string, isFine: boolean) {
  const expression = useSettled(filter, 400);
  return useQuery(
    api.scan.cost.queryOptions({
      input: { ...(source ?? NOTHING), expression },
      // What is fine is what is typed now, and not what rested before.
      enabled: source !== undefined && isFine && expression === filter,
      staleTime: 30_000,
      retry: false,
    }),
  );
}

/** About how much is read, and how long that takes at least. */
function CostLine({ cost }: { cost: ReturnType<typeof useCost> }) {
  const t = useT("scan");
  const format = useFormat();
  if (cost.data === undefined) return <span className="rd-quiet">{cost.isFetching ? t("cost.asking") : null}</span>;
  const { messages, bytes, tags, atMost, bytesPerSecond } = cost.data;
  const figures = { count: Number(messages), total: format.number(messages), bytes: format.bytes(bytes) };
  const words = [
    t(atMost ? "cost.atMost" : "cost.about", figures),
    tags.length > 0 ? t("cost.tags", { tags: tags.join(", ") }) : "",
    t("cost.pace", { rate: format.bytes(bytesPerSecond) }),
  ];
  return (
    <span className="rd-quiet" role="status">
      {words.filter(Boolean).join(" · ")}
    </span>
  );
}
