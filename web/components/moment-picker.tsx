import { DatePicker } from "antd";
import dayjs from "dayjs";
import "dayjs/locale/zh-cn";
import { useLanguage } from "../lib/i18n.ts";
import { PickedZone } from "./picked-zone.tsx";

interface MomentPickerProps {
  id: string;
  "aria-describedby"?: string;
  "aria-invalid"?: boolean;
  value: number | null;
  onChange: (at: number | null) => void;
}

/** A moment, to the second, local time. Loaded only when asked for: the picker is heavy. */
export function MomentPicker({ value, onChange, ...control }: MomentPickerProps) {
  dayjs.locale(useLanguage() === "zh-CN" ? "zh-cn" : "en");
  return (
    <span className="rd-picked">
      <DatePicker
        {...control}
        showTime
        format="YYYY-MM-DD HH:mm:ss"
        status={control["aria-invalid"] ? "error" : ""}
        value={value === null ? null : dayjs(value)}
        onChange={(at) => onChange(at ? at.valueOf() : null)}
      />
      <PickedZone of={value === null ? [] : [value]} />
    </span>
  );
}
