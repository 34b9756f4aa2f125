import type { Job } from "#contract/job.ts";
import { KeyFacts, type Fact } from "../../components/key-facts.tsx";
import { Num } from "../../components/num.tsx";
import { StateTag } from "../../components/state-tag.tsx";
import { useFormat } from "../../lib/format.ts";
import { useT } from "../../lib/i18n.ts";
import { hasEnded } from "../../lib/job.ts";
import { isRecord, useMs } from "./figures.ts";
import { figureOf, textOf } from "./row-columns.tsx";
import { isProduceTest, isReadBack } from "./run-again.ts";
import { Name } from "../../components/name.tsx";

const percentiles = ["p50", "p90", "p99", "max"] as const;

/** Figures of a test: how much, how fast, and the latencies of what was sent. */
export function TestSummary({ job }: { job: Job }) {
  const t = useT("dial-test");
  const ms = useMs();
  const { summary } = job;
  if (summary === null) return null;
  const facts: (Fact | false)[] = [
    isProduceTest(job)
      ? { label: t("sent"), value: <Num value={job.ok} /> }
      : { label: t("received"), value: <Num value={figureOf(summary, "messages")} /> },
    isProduceTest(job) && { label: t("bytes"), value: <Num value={figureOf(summary, "bytes")} as="bytes" /> },
    {
      label: t("perSecond"),
      value: <Num value={figureOf(summary, "perSecond")} as="rate" />,
      title: t("perSecondTitle"),
    },
    ...percentiles.map((key): Fact | false => {
      const value = figureOf(summary, key);
      return value !== undefined && { label: t(`latencyOf.${key}`), value: ms(value), title: t("latencyTitle") };
    }),
  ];
  return (
    <>
      <KeyFacts facts={facts.filter((fact) => fact !== false)} />
      {isReadBack(job) ? <Missing job={job} /> : null}
      {job.kind === "dialTest.consume" && isShort(job) ? <TooFew job={job} /> : null}
      <Committed job={job} />
    </>
  );
}

/** Ended without what it was asked for. */
const isShort = ({ state, params, summary }: Job): boolean =>
  (state === "empty" || state === "partial") && (figureOf(summary, "messages") ?? 0) < (figureOf(params, "count") ?? 0);

/** Which of the messages that were sent are not there. */
function Missing({ job }: { job: Job }) {
  const t = useT("dial-test");
  const format = useFormat();
  const missing = job.failed + job.skipped;
  if (!hasEnded(job)) return null;
  return (
    <p className="rd-note" data-tone={missing === 0 ? undefined : "warn"}>
      {missing === 0
        ? t("allThere", { count: job.ok, n: format.number(job.ok) })
        : t("missing", { count: missing, n: format.number(missing), all: format.number(job.total) })}
    </p>
  );
}

/** Nothing arrived, or less than was asked for: what of the test itself may be the reason, and where to look next. */
function TooFew({ job: { params, summary } }: { job: Job }) {
  const t = useT("dial-test");
  const format = useFormat();
  const tags = textOf(params, "tags");
  const from = textOf(params, "from") ?? "earliest";
  const got = figureOf(summary, "messages") ?? 0;
  const time = format.duration((figureOf(summary, "seconds") ?? 0) * 1000);
  return (
    <div className="rd-note" data-tone="warn">
      <strong>
        {got === 0
          ? t("nothing.what", { time })
          : t("nothing.fewer", {
              n: format.number(got),
              count: got,
              all: format.number(figureOf(params, "count")),
              time,
            })}
      </strong>
      <ul>
        {tags === undefined ? null : <li>{t("nothing.tags", { tags })}</li>}
        {from === "earliest" ? null : <li>{t(`nothing.${from}`)}</li>}
        <li>{t("nothing.topic")}</li>
      </ul>
    </div>
  );
}

/** What the test moved: queue by queue, from where to where. */
export function Committed({ job }: { job: Job }) {
  const t = useT(["dial-test", "problem"]);
  const format = useFormat();
  const committed = job.summary?.["committed"];
  if (!Array.isArray(committed)) return null;
  const moves = committed.filter(isRecord);
  return (
    <section className="rd-dial-committed" aria-label={t("committedOffsets")}>
      <h2>{t("committedOffsets")}</h2>
      {moves.length === 0 ? <p className="rd-quiet">{t("committedNone")}</p> : null}
      <ul>
        {moves.map((move) => {
          const code = textOf(move, "code");
          const values = { address: "", remark: textOf(move, "detail") ?? "", responseCode: "" };
          const place = `${textOf(move, "brokerName") ?? ""}:${figureOf(move, "queueId") ?? ""}`;
          return (
            <li key={place}>
              <StateTag tone={move["ok"] === true ? "good" : "bad"}>
                <Name value={place} />
              </StateTag>{" "}
              <span className="rd-num">
                {format.number(textOf(move, "from"))} → {format.number(textOf(move, "to"))}
              </span>
              {code === undefined ? null : ` · ${t(`problem:${code}.what`, values)}`}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
