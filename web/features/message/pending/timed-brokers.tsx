import type { TimedMessages } from "#contract/pending.ts";
import { Name } from "../../../components/name.tsx";
import { useFormat } from "../../../lib/format.ts";
import { useT } from "../../../lib/i18n.ts";

type Broker = TimedMessages["brokers"][number];

/** What each broker has waiting, and how far it was read. */
export function TimedBrokers({ brokers }: { brokers: readonly Broker[] }) {
  const say = useWords();
  return (
    <ul className="rd-pending-brokers">
      {brokers.map((broker) => (
        <li key={broker.brokerName}>
          <Name value={broker.brokerName} /> · {say(broker).join(" · ")}
        </li>
      ))}
    </ul>
  );
}

function useWords(): (broker: Broker) => string[] {
  const t = useT("pending");
  const format = useFormat();
  const part = ({ waiting, read, of }: { waiting: number; read: number; of: string }, of_: "levels" | "timers") =>
    BigInt(of) > BigInt(read)
      ? t(`read.${of_}Cut`, {
          count: waiting,
          n: format.number(waiting),
          read: format.number(read),
          of: format.number(of),
        })
      : t(`read.${of_}`, { count: waiting, n: format.number(waiting) });
  return ({ levels, timers }) => [
    levels === null ? t("read.levelsUnknown") : part(levels, "levels"),
    ...(timers === null
      ? [t("read.timersUnknown")]
      : timers.state === "on"
        ? [
            part(timers, "timers"),
            ...(timers.recalled > 0 ? [t("read.recalled", { count: timers.recalled })] : []),
            ...(timers.own > 0 ? [t("read.own", { count: timers.own })] : []),
            ...(timers.counted === null ? [] : [t("read.counted", { n: format.number(timers.counted) })]),
          ]
        : [t(`read.state.${timers.state}`)]),
  ];
}
