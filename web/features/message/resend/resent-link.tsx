import "./resend.css";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { DeadLetter } from "#contract/dead-letter.ts";
import type { Resent } from "#contract/resend.ts";
import { RETRY_PREFIX } from "#contract/rules/names.ts";
import { Time } from "../../../components/time.tsx";
import { api } from "../../../lib/api.ts";
import { useFormat, useNow } from "../../../lib/format.ts";
import { useT } from "../../../lib/i18n.ts";
import { refOf } from "../../../lib/message-ref.ts";
import { hourOf } from "./resend-rows.ts";

/** To what became of a dead letter that was sent once more: its job, or the copy. */
export function ResentLink({ instanceId, known }: { instanceId: string; known: Resent }) {
  const t = useT("resend");
  const format = useFormat();
  const now = useNow();
  const { jobId, sentTo, target, msgId, state, dueAt } = known;
  if (jobId !== null)
    return (
      <Link to="/instances/$instanceId/messages/resent/$jobId" params={{ instanceId, jobId }}>
        {t("whatBecame")}
      </Link>
    );
  if (state === "sending") return null;
  if (dueAt !== null && dueAt > now)
    return (
      <Link to="/instances/$instanceId/messages/pending" params={{ instanceId }} search={{ hour: hourOf(dueAt) }}>
        {t(state === "sent" ? "waitsUntil" : "dueIfArrived", { time: format.time(dueAt) })}
      </Link>
    );
  // Where one lies that was delayed is not told, and one for a retry topic may be dead at once.
  if (sentTo === null || target.startsWith(RETRY_PREFIX))
    return (
      <Link
        to="/instances/$instanceId/messages"
        params={{ instanceId }}
        search={{ tab: "id", topic: target, id: msgId }}
      >
        {t("findCopy")}
      </Link>
    );
  const message = refOf({ topic: target, ...sentTo });
  return (
    <Link to="/instances/$instanceId/messages/$message" params={{ instanceId, message }}>
      {t("toCopy")}
    </Link>
  );
}

interface SentAgainProps {
  instanceId: string;
  group: string;
  /** The page that it is of, which is asked about at once. */
  letters: DeadLetter[];
  letter: DeadLetter;
}

/** Of a dead letter of a list when it was sent once more, and the way to what became of it. */
export function SentAgain({ instanceId, group, letters, letter }: SentAgainProps) {
  const t = useT("resend");
  const places = letters.map(({ brokerName, queueId, queueOffset, storedAt, offsetMsgId }) => {
    return { brokerName, queueId, queueOffset, storedAt, offsetMsgId };
  });
  const { data, isPending } = useQuery(api.resend.known.queryOptions({ input: { instanceId, group, places } }));
  if (isPending) return null;
  if (data === undefined) return <span className="rd-quiet">{t("fate.unknown")}</span>;
  const known = data.items.find(
    ({ place }) =>
      place.brokerName === letter.brokerName &&
      place.queueId === letter.queueId &&
      place.queueOffset === letter.queueOffset,
  );
  if (known === undefined) return "–";
  return (
    <span className="rd-resent-again">
      <Time at={known.at} />
      {known.state === "sent" ? null : <span className="rd-quiet">{t(`sentAgain.${known.state}`)}</span>}
      <ResentLink instanceId={instanceId} known={known} />
    </span>
  );
}
