import { LinkButton } from "../../components/link-button.tsx";
import { useT } from "../../lib/i18n.ts";

interface TraceItProps {
  instanceId: string;
  search: { id: string | undefined } | { tab: "key"; key: string | undefined };
}

/** To the trace, which finds a message without its topic, as far as clients wrote it. */
export function TraceIt({ instanceId, search }: TraceItProps) {
  const t = useT("message");
  return (
    <LinkButton to="/instances/$instanceId/messages/trace" params={{ instanceId }} search={search}>
      {t("traceIt")}
    </LinkButton>
  );
}
