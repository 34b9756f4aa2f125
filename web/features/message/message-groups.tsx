import { useQuery } from "@tanstack/react-query";
import { Suspense } from "react";
import type { MessageItem, MessagePlace } from "#contract/message.ts";
import { ErrorState } from "../../components/error-state.tsx";
import { LinkButton } from "../../components/link-button.tsx";
import { GroupLink } from "../../components/links.tsx";
import { PartialStrip } from "../../components/partial-strip.tsx";
import { PanelSkeleton } from "../../components/table-skeleton.tsx";
import { api } from "../../lib/api.ts";
import { useT } from "../../lib/i18n.ts";
import { useCan } from "../../lib/session.ts";
import { visible } from "../../lib/visible.ts";
import { Why } from "./message-why.tsx";
import { isWaiting, MessageStateTag, type Waiting } from "./message-words.tsx";

interface MessageGroupsProps {
  instanceId: string;
  place: MessagePlace;
  /** The message, where it is still there. */
  message?: Pick<MessageItem, "stage" | "realTopic">;
  /** Shown first. */
  group: string | undefined;
}

/** How far each group of the topic has come with the message. */
export function MessageGroups({ instanceId, place, message, group }: MessageGroupsProps) {
  const t = useT("message");
  const query = useQuery(api.message.groups.queryOptions({ input: { instanceId, ...place } }));
  if (query.isPending) return <PanelSkeleton lines={2} label={t("common:loading")} />;
  if (!query.data) return <ErrorState error={query.error} onRetry={() => void query.refetch()} inline />;
  const { items, failures } = query.data;
  const rows = items.toSorted((a, b) => Number(b.group === group) - Number(a.group === group));
  return (
    <>
      <PartialStrip failures={failures} onRetry={() => void query.refetch()} />
      {rows.length === 0 ? (
        failures.length === 0 && (
          <Suspense fallback={null}>
            {message !== undefined && isWaiting(message.stage) ? (
              <Waits instanceId={instanceId} stage={message.stage} realTopic={message.realTopic} />
            ) : (
              <NoGroups instanceId={instanceId} topic={place.topic} />
            )}
          </Suspense>
        )
      ) : (
        <>
          <table className="rd-message-table rd-message-groups">
            <thead>
              <tr>
                <th scope="col">{t("group")}</th>
                <th scope="col">{t("stateOf")}</th>
                <th scope="col">{t("why")}</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.group}>
                  <td>
                    <GroupLink instanceId={instanceId} group={row.group} />
                  </td>
                  <td>
                    <MessageStateTag told={row} />
                  </td>
                  <td className="rd-quiet">
                    <Why instanceId={instanceId} told={row} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          <p className="rd-quiet rd-message-caveat">{t("stateCaveat")}</p>
        </>
      )}
    </>
  );
}

/** Nobody is given it where it waits, so that no group is missing there: whose groups will be. */
function Waits({
  instanceId,
  stage,
  realTopic,
}: Pick<MessageItem, "realTopic"> & { instanceId: string; stage: Waiting }) {
  const t = useT("message");
  if (realTopic === null) return <p className="rd-quiet">{t(`waits.${stage}Unknown`)}</p>;
  return (
    <>
      <p className="rd-quiet">{t(`waits.${stage}`, { realTopic: visible(realTopic) })}</p>
      <div className="rd-message-next">
        <LinkButton
          to="/instances/$instanceId/topics/$topic"
          params={{ instanceId, topic: realTopic }}
          search={{ tab: "groups" }}
        >
          {t("groupsOf", { topic: visible(realTopic) })}
        </LinkButton>
      </div>
    </>
  );
}

/** Nobody consumes it: what to do about that, as rights allow. */
function NoGroups({ instanceId, topic }: { instanceId: string; topic: string }) {
  const t = useT(["message", "dial-test", "group"]);
  const mayConsume = useCan("message:consume");
  const mayCreate = useCan("group:create");
  return (
    <>
      <p className="rd-quiet">{t("noGroupsText")}</p>
      {mayConsume || mayCreate ? (
        <div className="rd-message-next">
          {mayConsume ? (
            <LinkButton
              to="/instances/$instanceId/dial-tests"
              params={{ instanceId }}
              search={{ tab: "consume", topic }}
            >
              {t("dial-test:consumeTest")}
            </LinkButton>
          ) : null}
          {mayCreate ? (
            <LinkButton to="/instances/$instanceId/groups" params={{ instanceId }} search={{ open: "create" }}>
              {t("group:createTitle")}
            </LinkButton>
          ) : null}
        </div>
      ) : null}
    </>
  );
}
