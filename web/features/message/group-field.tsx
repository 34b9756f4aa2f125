import { useQuery } from "@tanstack/react-query";
import { Select } from "antd";
import { Field } from "../../components/field.tsx";
import { api } from "../../lib/api.ts";
import { useT } from "../../lib/i18n.ts";
import type { QueryTabProps } from "./query-form.tsx";

interface GroupFieldProps extends QueryTabProps {
  /** Whose groups are offered, where the URL need not name it. */
  topic?: string;
}

/** A group of the topic, whose consume states the messages then show. */
export function GroupField({ instanceId, search, patch, topic = search.topic }: GroupFieldProps) {
  const value = search.group;
  const t = useT("message");
  const groups = useQuery(
    api.message.groupNames.queryOptions({
      input: { instanceId, topic: topic ?? "" },
      enabled: topic !== undefined,
      staleTime: 30_000,
    }),
  );
  const names = new Set(groups.data?.names);
  const unread = groups.isError || (groups.data?.failures.length ?? 0) > 0;
  if (value !== undefined) names.add(value);
  return (
    <Field label={t("groupField")} hint={unread ? t("groupsUnread") : undefined}>
      {(control) => (
        <Select
          {...control}
          className="rd-message-group"
          showSearch
          allowClear
          loading={groups.isFetching}
          placeholder={t("groupHint")}
          popupMatchSelectWidth={false}
          notFoundContent={topic === undefined ? t("topicFirst") : groups.isPending || unread ? null : t("noGroups")}
          options={[...names].map((name) => ({ value: name, label: name }))}
          value={value}
          onChange={(group?: string) => patch({ group })}
        />
      )}
    </Field>
  );
}
