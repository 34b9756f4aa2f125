import { useQuery } from "@tanstack/react-query";
import { EmptyState } from "../../../components/empty-state.tsx";
import { TextField } from "../../../components/text-field.tsx";
import { api } from "../../../lib/api.ts";
import { useT } from "../../../lib/i18n.ts";
import { useFaults } from "../message-words.tsx";
import { filled, QueryForm } from "../query-form.tsx";
import { useDraft } from "../use-draft.ts";
import { DeadLetterList } from "./dead-letter-list.tsx";
import type { DeadLettersProps } from "./dead-letter-parts.ts";

export function DeadLettersById({ instanceId, group, search, patch, parts }: DeadLettersProps) {
  const t = useT(["dead-letter", "message"]);
  const [id, setId] = useDraft(search.id ?? "");
  const asked = search.id !== undefined;
  const query = useQuery(
    api.deadLetter.byId.queryOptions({ input: { instanceId, group, id: search.id ?? "" }, enabled: asked }),
  );
  const faultAt = useFaults(query.error);
  const again = () => void query.refetch();
  const submit = () => {
    if (filled(id) === search.id) again();
    else patch({ id: filled(id) });
  };
  const missing = query.data?.notFound ?? [];
  return (
    <>
      <QueryForm label={t("by.id")} busy={query.isFetching} onSubmit={submit}>
        <div className="rd-message-wide">
          <TextField
            label={t("ids")}
            value={id}
            onChange={setId}
            placeholder={t("idsHint")}
            mono
            fault={faultAt("id")}
          />
        </div>
      </QueryForm>
      {asked ? (
        <DeadLetterList
          instanceId={instanceId}
          group={group}
          query={query}
          parts={parts}
          onOpen={(msg) => patch({ msg })}
          onLetRead={() => patch({ let: "read" })}
          onRefresh={again}
          summary={t("found", { count: query.data?.items.length ?? 0 })}
          note={
            missing.length > 0 && (query.data?.items.length ?? 0) > 0
              ? t("missing", { count: missing.length, ids: missing.join(", ") })
              : undefined
          }
          empty={{ title: t("empty.id"), text: t("empty.idText") }}
        />
      ) : (
        <EmptyState title={t("message:askTitle")} text={t("idsText")} />
      )}
    </>
  );
}
