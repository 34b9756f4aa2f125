import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { EmptyState } from "../../../components/empty-state.tsx";
import { NameSuggest } from "../../../components/name-suggest.tsx";
import { PageHeader } from "../../../components/page-header.tsx";
import { PartialStrip } from "../../../components/partial-strip.tsx";
import { api } from "../../../lib/api.ts";
import { useFormat } from "../../../lib/format.ts";
import { useT } from "../../../lib/i18n.ts";
import { useUrlState } from "../../../lib/search.ts";
import { useSettled } from "../../../lib/settled.ts";
import { MessageNav } from "../message-nav.tsx";
import { filled } from "../query-form.tsx";
import { useDraft } from "../use-draft.ts";
import type { DeadLetterParts } from "./dead-letter-parts.ts";
import { deadLetterSearch } from "./dead-letter-search.ts";
import { DeadLetters } from "./dead-letters.tsx";

/** Dead letters of a group that is chosen here. */
export function DeadLetterPage({ instanceId, parts }: { instanceId: string; parts: DeadLetterParts }) {
  const t = useT(["dead-letter", "message"]);
  const format = useFormat();
  const [{ group, ...search }, patch] = useUrlState(deadLetterSearch);
  const [typed, setTyped] = useDraft(group ?? "");
  const wanted = useSettled(typed.trim());
  const groups = useQuery(
    api.deadLetter.groups.queryOptions({
      input: { instanceId, search: wanted },
      placeholderData: keepPreviousData,
      staleTime: 10_000,
    }),
  );
  const pick = (name: string) => {
    setTyped(name);
    patch({ group: filled(name), cursor: undefined, msg: undefined });
  };
  const most = (groups.data?.items ?? []).filter(({ deadLetters }) => deadLetters !== null && deadLetters !== "0");
  return (
    <>
      <PageHeader title={t("deadLetters")} />
      <MessageNav instanceId={instanceId} />
      <div className="rd-dead-group">
        <NameSuggest
          label={t("group")}
          names={groups.data?.items.map((one) => one.group)}
          pending={groups.isFetching || wanted !== typed.trim()}
          value={typed}
          onChange={(name) => (name === "" ? pick("") : setTyped(name))}
          onPick={pick}
          placeholder={t("groupHint")}
          hint={(groups.data?.failures.length ?? 0) > 0 ? t("groupsUnread") : undefined}
        />
      </div>
      {group === undefined ? (
        <>
          <PartialStrip failures={groups.data?.failures ?? []} onRetry={() => void groups.refetch()} />
          <EmptyState
            title={t("choose")}
            text={t("chooseText")}
            action={
              most.length === 0 ? undefined : (
                <ul className="rd-dead-groups" aria-label={t("withDeadLetters")}>
                  {most.slice(0, 10).map((one) => (
                    <li key={one.group}>
                      <button type="button" className="rd-link rd-mono" onClick={() => pick(one.group)}>
                        {one.group}
                      </button>{" "}
                      <span className="rd-quiet">{format.number(BigInt(one.deadLetters ?? 0))}</span>
                    </li>
                  ))}
                </ul>
              )
            }
          />
        </>
      ) : (
        <DeadLetters key={group} instanceId={instanceId} group={group} search={search} patch={patch} parts={parts} />
      )}
    </>
  );
}
