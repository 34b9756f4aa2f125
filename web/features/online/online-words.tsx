import type { ConsumerItem } from "#contract/online.ts";
import { StateTag } from "../../components/state-tag.tsx";
import { useT } from "../../lib/i18n.ts";

/** Whether clients are online; one that cannot be seen is never called offline. */
export function PresenceTag({
  of: { presence, clients, subscribed },
}: {
  of: Pick<ConsumerItem, "presence" | "clients" | "subscribed">;
}) {
  const t = useT("online");
  if (presence === "online") return <StateTag tone="good">{t("clientsOnline", { count: clients ?? 0 })}</StateTag>;
  if (presence === "unseen")
    return (
      <StateTag tone="unknown" title={t("unseenText")}>
        {t("presence.unseen")}
      </StateTag>
    );
  return (
    <StateTag tone="off" title={subscribed === false ? t("unsubscribedText") : undefined}>
      {t(subscribed === false ? "unsubscribed" : "presence.offline")}
    </StateTag>
  );
}

export function SharedTag({ what }: { what: "consumer" | "producer" }) {
  const t = useT("online");
  return (
    <StateTag tone="warn" title={t(`sharedText.${what}`)}>
      {t("shared")}
    </StateTag>
  );
}

export function DiffersTag() {
  const t = useT("online");
  return (
    <StateTag tone="warn" title={t("differsText")}>
      {t("differs")}
    </StateTag>
  );
}

/** Language and version of a client, as far as it says them. */
export const clientVersion = ({ language, version }: { language: string | null; version: string | null }): string =>
  [language, version].filter((part) => part !== null).join(" ") || "–";
