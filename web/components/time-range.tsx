import { Segmented, Select } from "antd";
import { Suspense, lazy } from "react";
import { presets, rangeOf, type Preset, type Range, type TimeRangeSearch } from "../lib/time-range.ts";
import { useT } from "../lib/i18n.ts";
import "./time-range.css";

const DateRange = lazy(() => import("./date-range.tsx").then((m) => ({ default: m.DateRange })));

interface TimeRangeProps<R extends Range> {
  value: TimeRangeSearch<R>;
  /** What holds where the URL says nothing. */
  preset: R;
  onChange: (range: TimeRangeSearch<R>) => void;
  /** Which are offered; every preset when left out. */
  offer?: R[];
}

/** 15 m, 1 h, 6 h, 24 h, 7 d, or an own range. */
export function TimeRange<R extends Range = Preset>({ value, preset, onChange, offer }: TimeRangeProps<R>) {
  const t = useT();
  const own = value.from !== undefined && value.to !== undefined;
  const active: R | "own" = own ? "own" : (value.range ?? preset);
  const options = [
    ...(offer ?? (Object.keys(presets) as R[])).map((key) => ({ value: key, label: t(`range.${key}`) })),
    { value: "own" as const, label: t("range.own") },
  ];
  const choose = (choice: R | "own"): void => {
    if (choice === "own") {
      const { from, to } = rangeOf(active === "all" ? { range: "7d" } : value, preset, Date.now());
      return onChange({ range: undefined, from, to });
    }
    return onChange({ range: choice, from: undefined, to: undefined });
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
