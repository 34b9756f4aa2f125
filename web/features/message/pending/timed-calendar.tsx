import type { TimedMessages } from "#contract/pending.ts";
import { Num } from "../../../components/num.tsx";
import { formatHour, zone } from "../../../lib/format.ts";
import { useT } from "../../../lib/i18n.ts";

/** Hours that have a row of their own. */
const SHOWN = 48;

interface TimedCalendarProps {
  hours: TimedMessages["hours"];
  whole: boolean;
  /** The hour that is listed, by where it begins; undefined: all. */
  chosen: number | undefined;
  onChoose: (from: number | undefined) => void;
}

type Hours = TimedMessages["hours"];

/** The first ones, and the one that is chosen wherever it lies; where it is not among them none is due in it, as far as all was read. */
function shownOf(hours: Hours, chosen: number | undefined, whole: boolean): { from: number; count?: number }[] {
  const first = hours.slice(0, SHOWN);
  if (chosen === undefined || first.some(({ from }) => from === chosen)) return first;
  const none = whole ? { from: chosen, count: 0 } : { from: chosen };
  return [...first, hours.find(({ from }) => from === chosen) ?? none].toSorted((a, b) => a.from - b.from);
}

/** How many messages are due in each hour in which there are any, and a way to list those of one alone. */
export function TimedCalendar({ hours, whole, chosen, onChoose }: TimedCalendarProps) {
  const t = useT("pending");
  const shown = shownOf(hours, chosen, whole);
  if (shown.length === 0) return null;
  const most = Math.max(1, ...shown.map(({ count = 1 }) => count));
  const later = hours.slice(SHOWN).reduce((sum, { from, count }) => (from === chosen ? sum : sum + count), 0);
  return (
    <section className="rd-pending-calendar" aria-label={t("calendar")}>
      <h2>{t("calendar")}</h2>
      {whole ? null : <p className="rd-quiet">{t("calendarPart")}</p>}
      <ol>
        {shown.map(({ from, count }) => (
          <li key={from}>
            <button
              type="button"
              aria-pressed={from === chosen}
              onClick={() => onChoose(from === chosen ? undefined : from)}
            >
              <time className="rd-num" dateTime={new Date(from).toISOString()} title={zone(from)}>
                {formatHour(from)}
              </time>
              <span className="rd-pending-bar" aria-hidden="true">
                {count !== undefined && count > 0 ? <span style={{ inlineSize: `${(100 * count) / most}%` }} /> : null}
              </span>
              <Num value={count} />
            </button>
          </li>
        ))}
      </ol>
      {later > 0 ? <p className="rd-quiet">{t("later", { count: later })}</p> : null}
    </section>
  );
}
