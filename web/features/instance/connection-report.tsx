import { useEffect, useRef, type ReactNode } from "react";
import type { ConnectionReport } from "#contract/instance.ts";
import { ErrorState } from "../../components/error-state.tsx";
import { StateTag } from "../../components/state-tag.tsx";
import { useT } from "../../lib/i18n.ts";
import { visible } from "../../lib/visible.ts";
import type { ConnectionTest } from "./use-connection-test.ts";

/** A point would part a key of the texts. */
const aclKeys = { off: "off", "1.0": "v1", "2.0": "v2", unknown: "unknown" } as const;

type Step = ConnectionReport["steps"][number];

function Outcome({ report }: { report: ConnectionReport }) {
  const t = useT("instance");
  if (!report.ok) return <StateTag tone="bad">{t("test.failed")}</StateTag>;
  const broken = report.steps.some((step) => !step.ok);
  return <StateTag tone={broken ? "warn" : "good"}>{t(broken ? "test.partial" : "test.ok")}</StateTag>;
}

function StepLine({ step, report }: { step: Step; report: ConnectionReport }) {
  const t = useT(["instance", "problem"]);
  const choose = step.step === "cluster" && report.clusterName === null && report.clusters.length > 1;
  const version = report.brokers.find((broker) => broker.addr === step.target);
  const values = { address: step.target, remark: step.detail ?? "", responseCode: "" };
  return (
    <li>
      <StateTag tone={step.ok ? "good" : "bad"}>{t(`test.step.${step.step}`)}</StateTag>{" "}
      <span className="rd-mono rd-wrap">{visible(step.target)}</span>{" "}
      {step.ok && version ? (
        <span className="rd-quiet">
          {visible(version.brokerName)} · {t(`role.${version.role}`)} · {version.version ?? "–"}
        </span>
      ) : null}{" "}
      {step.ok && step.ms > 0 ? <span className="rd-quiet rd-num">{t("test.ms", { ms: step.ms })}</span> : null}
      {!step.ok && choose ? <p>{t("test.choose")}</p> : null}
      {!step.ok && !choose && step.code !== undefined ? (
        <>
          <p>
            <strong>{t(`problem:${step.code}.what`, values)}</strong>
          </p>
          <p>{t(`problem:${step.code}.why`, values)}</p>
          <p className="rd-quiet">{t(`problem:${step.code}.todo`, values)}</p>
        </>
      ) : null}
      {!step.ok && step.detail !== undefined ? (
        <p className="rd-mono rd-quiet rd-wrap">{visible(step.detail)}</p>
      ) : null}
    </li>
  );
}

/** What speaks against an instance that can be reached, for the plan beside the form. */
export function useReportWarnings(report: ConnectionReport | undefined): string[] {
  const t = useT(["instance", "problem"]);
  if (report === undefined) return [];
  const shared = report.steps.filter(({ step }) => step === "names");
  const names = report.sameAs.map(({ name }) => name).join(", ");
  return [
    ...shared.map(({ target }) => t("problem:BROKER_NAME_SHARED.what", { address: target })),
    ...(names === "" ? [] : [t("test.sameAs", { names })]),
  ];
}

/** The result of a test beside the form, brought into sight, and the choice to go on without a good one. */
export function ConnectionFound({ test, children }: { test: ConnectionTest; children: ReactNode }) {
  const place = useRef<HTMLDivElement>(null);
  const report = test.current ? test.report : undefined;
  const found = test.error ?? report;
  useEffect(() => {
    if (found !== undefined) place.current?.scrollIntoView({ block: "nearest" });
  }, [found]);
  if (found === undefined) return null;
  return (
    <div ref={place} className="rd-found">
      {test.error === null ? null : <ErrorState error={test.error} inline />}
      {report === undefined ? null : <ConnectionReportView report={report} />}
      {children}
    </div>
  );
}

/** What a connection test found, or exactly why it failed, step by step. */
function ConnectionReportView({ report }: { report: ConnectionReport }) {
  const t = useT("instance");
  const { masters, slaves } = {
    masters: report.brokers.filter((broker) => broker.role === "master").length,
    slaves: report.brokers.filter((broker) => broker.role === "slave").length,
  };
  return (
    <section className="rd-report" role="status" aria-label={t("test.report")}>
      <p>
        <Outcome report={report} />{" "}
        {report.clusterName === null ? null : (
          <span>
            {t("test.found", { cluster: report.clusterName, brokers: t("brokersOf", { masters, slaves }) })} ·{" "}
            {t(`acl.${aclKeys[report.acl]}`)}
          </span>
        )}
      </p>
      <ul>
        {report.steps.map((step, index) => (
          <StepLine key={index} step={step} report={report} />
        ))}
      </ul>
    </section>
  );
}
