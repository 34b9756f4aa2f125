import { Segmented, Select } from "antd";
import { Suspense, lazy } from "react";
import { presets, rangeOf, type Preset, type TimeRangeSearch } from "../lib/time-range.ts";
import { useT } from "../lib/i18n.ts";
import "./time-range.css";

const DateRange = lazy(() => import("./date-range.tsx").then((m) => ({ default: m.DateRange })));

interface TimeRangeProps {
  value: TimeRangeSearch;
  /** What holds where the URL says nothing. */
  preset: Preset;
  onChange: (range: TimeRangeSearch) => void;
  /** Which presets are offered; all when left out. */
  offer?: Preset[];
}

/** 15 m, 1 h, 6 h, 24 h, 7 d, or an own range. */
export function TimeRange({ value, preset, onChange, offer }: TimeRangeProps) {
  const t = useT();
  const own = value.from !== undefined && value.to !== undefined;
  const active: Preset | "own" = own ? "own" : (value.range ?? preset);
  const options = [
    ...(offer ?? (Object.keys(presets) as Preset[])).map((key) => ({ value: key, label: t(`range.${key}`) })),
    { value: "own" as const, label: t("range.own") },
  ];
  const choose = (choice: Preset | "own"): void => {
    if (choice === "own") {
      const { from, to } = rangeOf(value, preset, Date.now());
      return onChange({ range: undefined, from, to });
    }
    return onChange({ range: choice === preset ? undefined : choice, from: undefined, to: undefined });
  };
  return (
    <span className="rd-time-range" role="group" aria-label={t("range.label")}>
      <Segmented size="small" className="rd-wide-only" options={options} value={active} onChange={choose} />
      <Select
        size="small"
        className="rd-narrow-only"
        aria-label={t("range.label")}
        options={options}
        value={active}
        onChange={choose}
      />
      {own ? (
        <Suspense fallback={null}>
          <DateRange
            from={value.from}
            to={value.to}
            onChange={(from, to) => onChange({ range: undefined, from, to })}
          />
        </Suspense>
      ) : null}
    </span>
  );
}
