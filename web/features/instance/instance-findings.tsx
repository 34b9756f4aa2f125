import { Link } from "@tanstack/react-router";
import type { InstanceItem } from "#contract/instance.ts";
import { findingTones, useAsOf, useFindingText } from "../../components/finding-text.tsx";
import { StateTag } from "../../components/state-tag.tsx";
import { Time } from "../../components/time.tsx";
import { useT } from "../../lib/i18n.ts";

const levels = ["critical", "warning", "info"] as const;

/** How many findings an instance has, and the worst in words; all is well only where all was looked at. */
export function InstanceFindings({ instance: { id, findings } }: { instance: InstanceItem }) {
  const t = useT("finding");
  const textOf = useFindingText();
  const asOf = useAsOf();
  if (findings === null) return null;
  const { counts, worst, notYet, at } = findings;
  const found = levels.filter((level) => counts[level] > 0);
  return (
    <div className="rd-instance-findings">
      {found.length === 0 ? null : (
        <Link to="/instances/$instanceId/overview" params={{ instanceId: id }}>
          {found.map((level) => (
            <StateTag key={level} tone={findingTones[level]}>
              {t(`count.${level}`, { count: counts[level] })}
            </StateTag>
          ))}
        </Link>
      )}
      {worst === null ? null : (
        <span>
          {asOf(worst)} <strong>{worst.subject.name}</strong> {textOf(worst)}
        </span>
      )}
      {worst === null && notYet.length === 0 ? (
        <span>
          <StateTag tone="good">{t("none")}</StateTag> <Time at={at} relative />
        </span>
      ) : null}
      {notYet.length === 0 ? null : (
        <span className="rd-quiet">{t("notYet", { parts: notYet.map((what) => t(`whatIs.${what}`)).join(", ") })}</span>
      )}
    </div>
  );
}
