import { utcOffset, zone } from "../lib/format.ts";
import "./picked-zone.css";

/** The zone of what a picker shows; two offsets where clocks are put on or back between the moments, or show a time twice. */
export function PickedZone({ of }: { of: readonly number[] }) {
  const now = of.at(-1);
  if (now === undefined) return null;
  return (
    <span className="rd-quiet" title={zone(now)}>
      {[...new Set(of.map(utcOffset))].join(" – ")}
    </span>
  );
}
