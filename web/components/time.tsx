import { useFormat, useNow, zone } from "../lib/format.ts";

interface TimeProps {
  at: number | null | undefined;
  /** Relative within a day, else the full local time. */
  relative?: boolean;
  ms?: boolean;
}

/** A moment, local; the zone and the exact time on hover. */
export function Time({ at, relative = false, ms = false }: TimeProps) {
  const format = useFormat();
  if (at === null || at === undefined) return <span className="rd-quiet">{format.time(null)}</span>;
  return (
    <time
      className="rd-num"
      dateTime={new Date(at).toISOString()}
      title={`${format.time(at, { ms: true })} (${zone(at)})`}
    >
      {relative ? <Ago at={at} /> : format.time(at, { ms })}
    </time>
  );
}

function Ago({ at }: { at: number }) {
  const now = useNow();
  return useFormat().ago(at, ahead(at, now) ? at : now);
}

/** A moment a little ahead is the server's clock, not the future. */
const ahead = (at: number, now: number): boolean => at > now && at - now < 10_000;
