import { useQuery } from "@tanstack/react-query";
import { Segmented } from "antd";
import { useState } from "react";
import { CopyButton } from "../../components/copyable.tsx";
import { LinkButton, primary } from "../../components/link-button.tsx";
import { api } from "../../lib/api.ts";
import { useT } from "../../lib/i18n.ts";
import { useCan } from "../../lib/session.ts";
import { CLIENTS, clientCode, type Client } from "./client-code.ts";

/** What to do first with an instance that has no topic yet; nothing where it has one, or not all brokers said so. */
export function Welcome({ instanceId }: { instanceId: string }) {
  const t = useT(["overview", "topic", "group"]);
  const input = { instanceId };
  const { data } = useQuery(api.overview.messages.queryOptions({ input }));
  const mayCreateTopic = useCan("topic:create");
  const mayCreateGroup = useCan("group:create");
  if (data === undefined || data.topicCount > 0 || data.failures.length > 0) return null;
  return (
    <section className="rd-card rd-welcome" aria-label={t("welcome.title")}>
      <h2>{t("welcome.title")}</h2>
      <ol>
        <li>
          <p>{t("welcome.topic")}</p>
          {mayCreateTopic ? (
            <LinkButton
              {...primary}
              to="/instances/$instanceId/topics"
              params={{ instanceId }}
              search={{ open: "create" }}
            >
              {t("topic:createTitle")}
            </LinkButton>
          ) : null}
        </li>
        <li>
          <p>{t("welcome.group")}</p>
          {mayCreateGroup ? (
            <LinkButton to="/instances/$instanceId/groups" params={{ instanceId }} search={{ open: "create" }}>
              {t("group:createTitle")}
            </LinkButton>
          ) : null}
        </li>
        <li>
          <p>{t("welcome.clients")}</p>
          <ClientCode instanceId={instanceId} />
        </li>
      </ol>
    </section>
  );
}

function ClientCode({ instanceId }: { instanceId: string }) {
  const t = useT("overview");
  const [client, setClient] = useState<Client>("producer");
  const { data } = useQuery(api.instance.get.queryOptions({ input: { instanceId } }));
  if (data === undefined) return null;
  const code = clientCode(client, data);
  return (
    <>
      <div className="rd-welcome-clients">
        <Segmented
          aria-label={t("welcome.client")}
          value={client}
          options={CLIENTS.map((value) => ({ value, label: t(`welcome.${value}`) }))}
          onChange={setClient}
        />
        <CopyButton value={code} />
      </div>
      <pre className="rd-mono">{code}</pre>
    </>
  );
}
