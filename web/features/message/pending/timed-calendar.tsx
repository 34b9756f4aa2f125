import type { TimedMessages } from "#contract/pending.ts";
import { Num } from "../../../components/num.tsx";
import { Time } from "../../../components/time.tsx";
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

/** How many messages are due in each hour in which there are any, and a way to list those of one alone. */
export function TimedCalendar({ hours, whole, chosen, onChoose }: TimedCalendarProps) {
  const t = useT("pending");
  if (hours.length === 0) return null;
  const shown = hours.slice(0, SHOWN);
  const most = Math.max(...shown.map(({ count }) => count));
  const later = hours.slice(SHOWN).reduce((sum, { count }) => sum + count, 0);
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
              <Time at={from} />
              <span className="rd-pending-bar" aria-hidden="true">
                <span style={{ inlineSize: `${(100 * count) / most}%` }} />
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
