import { Link } from "@tanstack/react-router";
import { Button, Progress } from "antd";
import { SCAN_SHOWN } from "#contract/rules/scan.ts";
import type { ScanEvent } from "#contract/scan.ts";
import { ErrorState } from "../../../components/error-state.tsx";
import { PartialStrip } from "../../../components/partial-strip.tsx";
import { StateTag } from "../../../components/state-tag.tsx";
import { PanelSkeleton } from "../../../components/table-skeleton.tsx";
import { useFormat } from "../../../lib/format.ts";
import { useT } from "../../../lib/i18n.ts";
import { refOf } from "../../../lib/message-ref.ts";
import { FoundList } from "../found-list.tsx";
import { isToldAtField } from "../message-words.tsx";
import type { useScan } from "./use-scan.ts";

interface ScanResultsProps {
  instanceId: string;
  scan: ReturnType<typeof useScan>;
  onOpen: (ref: string) => void;
  onAgain: () => void;
}

const tones = { running: "busy", paused: "wait", done: "good", stopped: "off", idle: "off" } as const;

/** How far a scan is, and what it found so far. */
export function ScanResults({ instanceId, scan, onOpen, onAgain }: ScanResultsProps) {
  const t = useT("scan");
  const format = useFormat();
  const { last, items, error, state } = scan.run;
  if (last === undefined && error !== null)
    return isToldAtField(error) ? null : <ErrorState error={error} onRetry={onAgain} />;
  if (last === undefined) return <PanelSkeleton lines={8} label={t("common:loading")} />;
  const { hits } = last;
  return (
    <section className="rd-list" aria-label={t("message:results")}>
      <ScanFigures last={last} state={state} />
      {error === null ? null : <ErrorState error={error} onRetry={onAgain} inline />}
      {last.paused === null || state !== "paused" ? null : (
        <div className="rd-scan-paused" role="status">
          <p>{t(`pausedBy.${last.paused.by}`)}</p>
          <Button type="primary" onClick={scan.goOn}>
            {t("goOn")}
          </Button>
        </div>
      )}
      <FoundList
        instanceId={instanceId}
        items={items}
        group={undefined}
        at={last.at}
        onOpen={onOpen}
        summary={t("hits", { count: hits, total: format.number(hits) })}
        right={<StateTag tone={tones[state]}>{t(`state.${state}`)}</StateTag>}
        notes={
          <>
            <PartialStrip
              failures={last.failures}
              missing={t("unreadQueues", { count: last.unread.queues, of: last.unread.of })}
            />
            <NotJudged instanceId={instanceId} last={last} />
            <p className="rd-quiet rd-scan-order">
              {hits > SCAN_SHOWN
                ? t("shown", { shown: SCAN_SHOWN, left: format.number(hits - SCAN_SHOWN) })
                : t("order")}
            </p>
          </>
        }
        empty={{
          title: t(state === "done" ? "nothing" : "nothingYet"),
          text: state === "done" ? t("nothingText") : null,
        }}
      />
    </section>
  );
}

function ScanFigures({ last, state }: { last: ScanEvent; state: ScanResultsProps["scan"]["run"]["state"] }) {
  const t = useT("scan");
  const format = useFormat();
  const passed = Number(last.passed);
  const total = Number(last.total);
  const share = total === 0 ? 1 : passed / total;
  const perMs = last.ms > 0 ? passed / last.ms : 0;
  const words = [
    t("figures.passed", { passed: format.number(last.passed), total: format.number(last.total) }),
    format.bytes(last.bytes),
    perMs > 0 ? t("figures.rate", { rate: format.number(Math.round(perMs * 1000)) }) : "",
    state === "running" && perMs > 0 ? t("figures.left", { time: format.duration((total - passed) / perMs) }) : "",
    state === "running" || last.ms === 0 ? "" : t("figures.took", { time: format.duration(last.ms) }),
  ];
  return (
    <div className="rd-scan-figures">
      <Progress
        aria-label={t("progress")}
        percent={Math.floor(share * 100)}
        size="small"
        status="normal"
        format={() => format.percent(Math.floor(share * 100) / 100)}
      />
      <span className="rd-num rd-quiet">{words.filter(Boolean).join(" · ")}</span>
    </div>
  );
}

/** Messages of which nobody can say whether they match. */
function NotJudged({ instanceId, last }: { instanceId: string; last: ScanEvent }) {
  const t = useT("scan");
  const { notJudged, notJudgedAt } = last;
  if (notJudged === 0) return null;
  return (
    <details className="rd-note" data-tone="warn">
      <summary>{t("notJudged", { count: notJudged })}</summary>
      <ul>
        {notJudgedAt.map((place) => {
          const at = `${place.brokerName} · ${place.queueId} · ${place.queueOffset}`;
          return (
            <li key={at}>
              <Link to="/instances/$instanceId/messages/$message" params={{ instanceId, message: refOf(place) }}>
                {at}
              </Link>{" "}
              {t(`why.${place.why}`)}
            </li>
          );
        })}
      </ul>
    </details>
  );
}
