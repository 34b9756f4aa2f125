import { Button, Segmented } from "antd";
import { useRef, useState } from "react";
import type { MessageTrace } from "#contract/trace.ts";
import { GroupLink } from "../../../components/links.tsx";
import { Name } from "../../../components/name.tsx";
import { useScrollRegion } from "../../../components/scroll-region.ts";
import { Label, StateTag } from "../../../components/state-tag.tsx";
import { Time } from "../../../components/time.tsx";
import { useFormat, zone } from "../../../lib/format.ts";
import { useT } from "../../../lib/i18n.ts";
import { axisOf, lanesOf, placeOn, type TraceAxis, type TraceLane, type TraceStep } from "./trace-steps.ts";

/** Steps of a lane that are drawn before somebody asks for all. */
const SHOWN = 30;

type Clock = "relative" | "absolute";

/** What happened to a message, who did it, when and how long: a table with a bar for each line, on one axis. */
export function TraceTimeline({ instanceId, trace }: { instanceId: string; trace: MessageTrace }) {
  const t = useT("trace");
  const [clock, setClock] = useState<Clock>("relative");
  const box = useRef<HTMLDivElement>(null);
  useScrollRegion(box, t("timeline"));
  const lanes = lanesOf(trace);
  const axis = axisOf(lanes);
  return (
    <>
      <Segmented
        size="small"
        aria-label={t("clock.label")}
        value={clock}
        onChange={setClock}
        options={[
          { value: "relative", label: t("clock.relative") },
          { value: "absolute", label: t("clock.absolute") },
        ]}
      />
      <div className="rd-trace-scroll" ref={box}>
        <table className="rd-trace-table" aria-label={t("timeline")}>
          <thead>
            <tr>
              <th scope="col">{t("step")}</th>
              <th scope="col">{t("client")}</th>
              <th scope="col" className="rd-trace-figure">
                {t("time")}
              </th>
              <th scope="col" className="rd-trace-figure">
                {t("cost")}
              </th>
              <th scope="col">{t("status")}</th>
              <th scope="col" className="rd-trace-lane">
                {axis === undefined ? null : <Scale axis={axis} clock={clock} />}
              </th>
            </tr>
          </thead>
          {lanes.map((lane) => (
            <Lane key={`${lane.kind} ${lane.group}`} {...{ instanceId, lane, axis, clock }} />
          ))}
        </table>
      </div>
    </>
  );
}

/** The ends of the axis, as all bars have them. */
function Scale({ axis, clock }: { axis: TraceAxis; clock: Clock }) {
  return (
    <span className="rd-trace-scale">
      <Moment at={axis.from} axis={axis} clock={clock} />
      <Moment at={axis.to} axis={axis} clock={clock} />
    </span>
  );
}

function Moment({ at, axis, clock }: { at: number | null; axis: TraceAxis | undefined; clock: Clock }) {
  const format = useFormat();
  if (at === null || axis === undefined || clock === "absolute") return <Time at={at} ms />;
  const after = at - axis.origin;
  return (
    <time
      className="rd-num"
      dateTime={new Date(at).toISOString()}
      title={`${format.time(at, { ms: true })} (${zone(at)})`}
    >
      {after < 0 ? "−" : "+"}
      {format.duration(Math.abs(after))}
    </time>
  );
}

interface LaneProps {
  instanceId: string;
  lane: TraceLane;
  axis: TraceAxis | undefined;
  clock: Clock;
}

function Lane({ instanceId, lane, axis, clock }: LaneProps) {
  const t = useT("trace");
  const [all, setAll] = useState(false);
  const { kind, group, steps } = lane;
  const shown = all ? steps : steps.slice(0, SHOWN);
  return (
    <tbody>
      <tr className="rd-trace-head">
        <th scope="rowgroup" colSpan={6}>
          {t(`lane.${kind}`)}{" "}
          {group === null ? (
            <span className="rd-quiet">{t("groupUntold")}</span>
          ) : kind === "group" ? (
            <GroupLink instanceId={instanceId} group={group} />
          ) : (
            <Name value={group} />
          )}{" "}
          {kind === "group" ? <span className="rd-quiet">{t("deliveries", { count: steps.length })}</span> : null}
        </th>
      </tr>
      {shown.map((step) => (
        <Step key={step.key} step={step} axis={axis} clock={clock} />
      ))}
      {shown.length < steps.length ? (
        <tr>
          <td colSpan={6}>
            <Button size="small" onClick={() => setAll(true)}>
              {t("showAll", { count: steps.length })}
            </Button>
          </td>
        </tr>
      ) : null}
    </tbody>
  );
}

function Step({ step, axis, clock }: { step: TraceStep; axis: TraceAxis | undefined; clock: Clock }) {
  const format = useFormat();
  const t = useT("trace");
  const place = axis === undefined ? undefined : placeOn(axis, step);
  const isNegative = step.cost !== null && step.cost < 0;
  return (
    <tr>
      <td>
        <StepName step={step} />
      </td>
      <td className="rd-mono">
        <Name value={step.who} />
      </td>
      <td className="rd-trace-figure">
        <Moment at={step.at} axis={axis} clock={clock} />
      </td>
      <td className="rd-trace-figure">
        {isNegative ? (
          <StateTag tone="warn" title={t("negativeText")}>
            {format.duration(step.cost)}
          </StateTag>
        ) : (
          format.duration(step.cost)
        )}
      </td>
      <td>
        <Outcome step={step} />
      </td>
      <td className="rd-trace-lane">
        {place === undefined ? null : (
          <span className="rd-trace-track">
            <span
              className="rd-trace-bar"
              aria-hidden="true"
              data-kind={step.kind}
              data-tone={step.success === false ? "bad" : step.open ? "open" : undefined}
              data-turned={place.turned}
              style={{
                left: `calc(${place.left}% - ${place.left / 100} * var(--rd-trace-least))`,
                width: `${place.width}%`,
              }}
            />
          </span>
        )}
      </td>
    </tr>
  );
}

function StepName({ step }: { step: TraceStep }) {
  const t = useT("trace");
  const { kind, delivery, send } = step;
  if (kind === "delivery") {
    const attempt = delivery?.attempt ?? null;
    if (attempt === null) return <span title={t("endOnlyText")}>{t("endOnly")}</span>;
    return attempt === 0 ? t("firstDelivery") : t("retry", { attempt });
  }
  const type = send?.type ?? null;
  return (
    <>
      {t(`kind.${kind}`)} {type === null ? null : <Label>{t(`type.${type}`)}</Label>}
    </>
  );
}

/** How it went, in words. */
function Outcome({ step }: { step: TraceStep }) {
  const t = useT("trace");
  const { kind, success, open, delivery, state, fromCheck } = step;
  if (kind === "stored") return null;
  if (kind === "end") {
    return (
      <>
        <Label>{state ?? t("untold")}</Label> {fromCheck === true ? t("fromCheck") : null}
      </>
    );
  }
  if (open) {
    return (
      <StateTag tone="wait" title={t("noEndText")}>
        {t("noEnd")}
      </StateTag>
    );
  }
  const context = delivery?.context ?? null;
  const word = success === null ? t("untold") : success ? t("succeeded") : t("failed");
  return (
    <>
      <StateTag tone={success === null ? "unknown" : success ? "good" : "bad"}>{word}</StateTag>{" "}
      {context === null || context === "success" ? null : (
        <span className="rd-quiet" title={t(`contextText.${context}`)}>
          {t(`context.${context}`)}
        </span>
      )}
    </>
  );
}
