import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { TFunction } from "i18next";
import { useState } from "react";
import type { Checked, Finding, Findings as Found } from "#contract/finding.ts";
import { api } from "../lib/api.ts";
import { useT } from "../lib/i18n.ts";
import { ErrorState } from "./error-state.tsx";
import { findingTones, useAsOf, useFigures, useFindingText } from "./finding-text.tsx";
import { KeyFacts } from "./key-facts.tsx";
import { GroupLink, TopicLink } from "./links.tsx";
import { StateTag } from "./state-tag.tsx";
import { Time } from "./time.tsx";
import "./findings.css";

/** Sweeps come every four seconds while somebody looks. */
const EVERY_MS = 2500;

/** Above a list, which has more to tell. */
const MOST_OVER_LIST = 3;

interface FindingsProps {
  instanceId: string;
  /** Of this group or topic alone; where it has none, nothing is said. */
  group?: string;
  topic?: string;
}

/** What is wrong, the worst first, one line each with its evidence and where to look next; a calm line where nothing is. */
export function Findings({ instanceId, group, topic }: FindingsProps) {
  const t = useT(["finding", "problem"]);
  const input = { instanceId, group, topic };
  const { data, error, refetch } = useQuery(api.finding.list.queryOptions({ input, refetchInterval: EVERY_MS }));
  const ofOne = group !== undefined || topic !== undefined;
  const failed = error === null ? null : <ErrorState error={error} onRetry={() => void refetch()} inline />;
  if (data === undefined || (ofOne && data.items.length === 0)) return failed;
  return (
    <section className="rd-findings" aria-label={t("title")}>
      {failed}
      {data.items.length === 0 ? <Calm found={data} /> : null}
      <ul>
        {data.items.map((finding) => (
          <Line
            key={finding.id}
            instanceId={instanceId}
            finding={finding}
            isOwn={finding.subject.name === (finding.subject.kind === "group" ? group : topic)}
          />
        ))}
      </ul>
      {data.more.map(({ rule, count }) => (
        <p key={rule} className="rd-quiet">
          {t("more", { count, rule: t(`rule.${rule}`) })}
        </p>
      ))}
    </section>
  );
}

const partsOf = (t: TFunction, checked: readonly Checked[]) =>
  checked
    .flatMap(({ what, at, count, atLeast }) =>
      at === null ? [] : [(atLeast ? "≥ " : "") + t(`checked.${what}`, { count })],
    )
    .join(", ");

/** What was looked at, and what was not yet. */
function Calm({ found: { checked, at } }: { found: Found }) {
  const t = useT("finding");
  const notYet = checked.filter((one) => one.at === null).map(({ what }) => t(`whatIs.${what}`));
  const oldest = Math.min(...checked.flatMap((one) => one.at ?? []), at);
  return (
    <p className="rd-findings-calm">
      {notYet.length === 0 ? <StateTag tone="good">{t("none")}</StateTag> : null}
      {notYet.length < checked.length ? <span>{t("checkedText", { parts: partsOf(t, checked) })}</span> : null}
      {notYet.length > 0 ? <span>{t("notYet", { parts: notYet.join(", ") })}</span> : null}
      <Time at={oldest} relative />
    </p>
  );
}

/** What is wrong with groups, the worst of it alone, over their list; nothing while nothing is. */
export function GroupFindings({ instanceId }: { instanceId: string }) {
  const t = useT("finding");
  const input = { instanceId, kind: "group" } as const;
  const { data } = useQuery(api.finding.list.queryOptions({ input, refetchInterval: EVERY_MS }));
  const worst = (data?.items ?? []).filter(({ level }) => level !== "info").slice(0, MOST_OVER_LIST);
  if (data === undefined || worst.length === 0) return null;
  const others = data.more.reduce((sum, { count }) => sum + count, data.items.length - worst.length);
  return (
    <section className="rd-findings" aria-label={t("title")}>
      <ul>
        {worst.map((finding) => (
          <Line key={finding.id} instanceId={instanceId} finding={finding} isOwn={false} />
        ))}
      </ul>
      {others > 0 ? (
        <Link to="/instances/$instanceId/overview" params={{ instanceId }}>
          {t("onOverview", { count: others })}
        </Link>
      ) : null}
    </section>
  );
}

interface LineProps {
  instanceId: string;
  finding: Finding;
  /** Of what the page is about, whose name stands above. */
  isOwn: boolean;
}

function Line({ instanceId, finding, isOwn }: LineProps) {
  const t = useT("finding");
  const [open, setOpen] = useState(false);
  const figures = useFigures()(finding);
  const sentence = useFindingText()(finding);
  const asOf = useAsOf()(finding);
  const { rule, level, subject, since } = finding;
  return (
    <li data-level={level}>
      <div>
        <StateTag tone={finding.asOf === null ? findingTones[level] : "unknown"} title={t(`rule.${rule}`)}>
          <span className="rd-visually-hidden">{t(`level.${level}`)}: </span>
        </StateTag>
        <p data-own={isOwn}>
          {asOf} {isOwn ? null : <Subject instanceId={instanceId} subject={subject} />} {sentence}
        </p>
        <span className="rd-quiet" title={t("sinceText")}>
          <Time at={since} relative />
        </span>
        <NextClick instanceId={instanceId} finding={finding} />
        <button
          type="button"
          className="rd-button"
          data-size="small"
          aria-expanded={open}
          aria-label={t("evidenceOf", { name: subject.name })}
          onClick={() => setOpen(!open)}
        >
          {t("evidence")}
        </button>
      </div>
      {open ? (
        <div className="rd-findings-evidence">
          <p>{t(`todo.${rule}`)}</p>
          <KeyFacts facts={Object.entries(figures).map(([key, value]) => ({ label: t(`figure.${key}`), value }))} />
        </div>
      ) : null}
    </li>
  );
}

function Subject({ instanceId, subject: { kind, name } }: { instanceId: string; subject: Finding["subject"] }) {
  if (kind === "group") return <GroupLink instanceId={instanceId} group={name} />;
  if (kind === "topic") return <TopicLink instanceId={instanceId} topic={name} />;
  return <strong>{name}</strong>;
}

/** Where what is found is seen, and mended. */
const tabs: Partial<Record<Finding["rule"], "clients" | "subscriptions" | "progress" | "config">> = {
  fallsBehind: "clients",
  isBehind: "progress",
  offline: "progress",
  paused: "config",
  subscriptionsDiffer: "subscriptions",
  neverConsumed: "progress",
  beyondEnd: "progress",
  sharedClientId: "clients",
};

function NextClick({ instanceId, finding: { rule, subject, figures } }: Omit<LineProps, "isOwn">) {
  const t = useT("finding");
  const tab = tabs[rule];
  const topic = figures["topic"];
  if (rule === "deadLetters" && topic?.as === "text")
    return (
      <Link to="/instances/$instanceId/messages" params={{ instanceId }} search={{ tab: "time", topic: topic.value }}>
        {t("goTo.deadLetters")}
      </Link>
    );
  if (subject.kind !== "group" || tab === undefined) return null;
  return (
    <Link to="/instances/$instanceId/groups/$group" params={{ instanceId, group: subject.name }} search={{ tab }}>
      {t(`goTo.${tab}`)}
      <span className="rd-visually-hidden"> {subject.name}</span>
    </Link>
  );
}
