import { DatePicker } from "antd";
import dayjs from "dayjs";
import "dayjs/locale/zh-cn";
import { useLanguage, useT } from "../lib/i18n.ts";
import { PickedZone } from "./picked-zone.tsx";

interface DateRangeProps {
  from: number | undefined;
  to: number | undefined;
  onChange: (from: number, to: number) => void;
}

/** An own range, to the second, local time. Loaded only when asked for: the picker is heavy. */
export function DateRange({ from, to, onChange }: DateRangeProps) {
  const t = useT();
  dayjs.locale(useLanguage() === "zh-CN" ? "zh-cn" : "en");
  const ends = [from, to].flatMap((at) => at ?? []);
  return (
    <span className="rd-picked">
      <DatePicker.RangePicker
        size="small"
        showTime
        allowClear={false}
        aria-label={t("range.own")}
        format="YYYY-MM-DD HH:mm:ss"
        value={[from === undefined ? null : dayjs(from), to === undefined ? null : dayjs(to)]}
        onChange={(range) => {
          if (range?.[0] && range[1]) onChange(range[0].valueOf(), range[1].valueOf());
        }}
      />
      <PickedZone of={ends} />
    </span>
  );
}
