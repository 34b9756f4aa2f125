import type { ComponentProps } from "react";
import { TopicSuggest } from "../../components/name-suggest.tsx";
import { useT } from "../../lib/i18n.ts";

type TopicFieldProps = Omit<ComponentProps<typeof TopicSuggest>, "label"> & {
  optional?: boolean;
  hidden?: boolean | undefined;
};

/** The topic that a query is about. */
export function TopicField({ optional = false, hidden = false, ...field }: TopicFieldProps) {
  const t = useT("message");
  if (hidden) return null;
  const label = optional ? t("topicOptional") : t("topic");
  return <TopicSuggest {...field} label={label} placeholder={t("topicHint")} className="rd-message-topic" />;
}
