import "./backlog.css";
import type { Backlog, LagUnknown, QueueProgress } from "#contract/progress.ts";
import { useT } from "../lib/i18n.ts";
import { Num, SumNum } from "./num.tsx";
import { StateTag } from "./state-tag.tsx";

export const NotKnown = ({ why }: { why: string }) => (
  <span className="rd-quiet" title={why}>
    <span aria-hidden="true">–</span>
    <span className="rd-visually-hidden">{why}</span>
  </span>
);

interface LagProps {
  of: Pick<Backlog, "lag" | "beyondEndQueues">;
  unknown?: LagUnknown | null;
  atLeast: boolean;
  title?: string;
}

/** A lag, or why there is none; an offset beyond the end is a fault beside it. */
export function LagNum({ of, unknown, atLeast, title }: LagProps) {
  const t = useT();
  return (
    <>
      {of.beyondEndQueues > 0 ? (
        <StateTag tone="warn" title={t("backlog.beyondEndText", { count: of.beyondEndQueues })}>
          {t("backlog.beyondEnd")}
        </StateTag>
      ) : null}{" "}
      {of.lag === null ? (
        <NotKnown why={t(`backlog.unknown.${unknown ?? "notRead"}`)} />
      ) : (
        <span title={title}>
          <SumNum value={of.lag} atLeast={atLeast} />
        </span>
      )}
    </>
  );
}

/** Messages in queues that a group never committed an offset of. */
export function NeverConsumed({ of, atLeast }: { of: Pick<Backlog, "neverConsumed">; atLeast: boolean }) {
  const t = useT();
  return (
    <span title={t("backlog.neverConsumedText")}>
      <SumNum value={of.neverConsumed} atLeast={atLeast} />
    </span>
  );
}

/** The same under a lag, where there are some. */
export function AndNeverConsumed({
  of,
  atLeast,
}: {
  of: Pick<Backlog, "neverConsumed" | "neverConsumedQueues">;
  atLeast: boolean;
}) {
  const t = useT();
  if (of.neverConsumed === null || of.neverConsumed === "0") return null;
  return (
    <span className="rd-backlog-more" title={t("backlog.neverConsumedText")}>
      + <SumNum value={of.neverConsumed} atLeast={atLeast} /> {t("backlog.inQueues", { count: of.neverConsumedQueues })}
    </span>
  );
}

/** Where a group is in a queue. */
export function CommittedOffset({ of }: { of: string | null }) {
  const t = useT();
  if (of !== null) return <Num value={of} />;
  return (
    <span className="rd-quiet" title={t("backlog.neverText")}>
      {t("backlog.never")}
    </span>
  );
}

/** The lag of one queue. */
export function QueueLag({
  of: { brokerOffset, consumerOffset, lag },
}: {
  of: Pick<QueueProgress, "brokerOffset" | "consumerOffset" | "lag">;
}) {
  const isBeyond = consumerOffset !== null && BigInt(consumerOffset) > BigInt(brokerOffset);
  return <LagNum of={{ lag, beyondEndQueues: isBeyond ? 1 : 0 }} unknown="noOffsets" atLeast={false} />;
}
