import type { Figure, Finding } from "#contract/finding.ts";
import { useFormat } from "../lib/format.ts";
import { useT } from "../lib/i18n.ts";
import type { Tone } from "./state-tag.tsx";

export const findingTones: Record<Finding["level"], Tone> = { critical: "bad", warning: "warn", info: "info" };

/** Figures as they are written in a text. */
export function useFigures(): (finding: Pick<Finding, "figures" | "subject">) => Record<string, string> {
  const t = useT("problem");
  const format = useFormat();
  const one = (figure: Figure, address: string): string => {
    switch (figure.as) {
      case "number":
      case "bytes":
        return (figure.atLeast === true ? "≥ " : "") + format[figure.as](figure.value);
      case "rate":
      case "percent":
      case "duration":
      case "time":
        return format[figure.as](figure.value);
      case "problem":
        return t(`${figure.value}.what`, { address, remark: "", responseCode: "" });
      case "text":
        return figure.value;
    }
  };
  return ({ figures, subject }) =>
    Object.fromEntries(Object.entries(figures).map(([key, figure]) => [key, one(figure, subject.name)]));
}

/** What is said of the subject of a finding. */
export function useFindingText(): (finding: Finding) => string {
  const t = useT("finding");
  const figuresOf = useFigures();
  return (finding) => t(`text.${finding.rule}`, { ...figuresOf(finding), context: finding.context ?? undefined });
}

/** The same of what cannot be read now, with when it was. */
export function useAsOf(): (finding: Pick<Finding, "asOf">) => string {
  const t = useT("finding");
  const format = useFormat();
  return ({ asOf }) => (asOf === null ? "" : t("asOf", { time: format.time(asOf) }));
}
