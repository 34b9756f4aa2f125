import { Button } from "antd";
import { useState, type ReactNode } from "react";
import type { Patch } from "../../lib/search.ts";
import { useT } from "../../lib/i18n.ts";
import type { Range } from "../../lib/time-range.ts";
import type { MessageSearch } from "./message-search.ts";

/** Ranges of store time that a query offers. */
export const storedRanges: Range[] = ["15m", "1h", "6h", "24h", "7d", "all"];

/** What each tab of queries is given. */
export interface QueryTabProps {
  instanceId: string;
  search: MessageSearch;
  patch: Patch<MessageSearch>;
  /** On the page of the topic: it is not chosen here. */
  ofTopic?: boolean;
}

interface QueryFormProps {
  label: string;
  onSubmit: () => void;
  busy: boolean;
  /** A second row: what has a choice already. */
  more?: ReactNode;
  children: ReactNode;
}

/** Fields of a query in a row; Enter asks. */
export function QueryForm({ label, onSubmit, busy, more, children }: QueryFormProps) {
  const t = useT("message");
  return (
    <form
      className="rd-message-form"
      role="search"
      aria-label={label}
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
      }}
    >
      {children}
      <Button type="primary" htmlType="submit" className="rd-message-submit" loading={busy}>
        {t("query")}
      </Button>
      {more === undefined ? null : <div className="rd-message-more">{more}</div>}
    </form>
  );
}

/** Puts what was typed into the URL, which asks; the same once more is asked again. */
export function submitWith(
  search: MessageSearch,
  patch: Patch<MessageSearch>,
  changes: Partial<MessageSearch>,
  again: () => void,
): void {
  const before: Partial<Record<string, unknown>> = search;
  const differs = Object.entries(changes).some(([key, value]) => before[key] !== value);
  if (differs) patch(changes);
  else again();
}

/** What is wrong with fields that a query cannot do without: what the server says, and once it was asked for without one, that it is required. */
export function useRequired(faultAt: (path: string) => string | undefined) {
  const t = useT("message");
  const [asked, setAsked] = useState(false);
  return {
    tell: () => setAsked(true),
    faultOf: (path: string, value: string | number | undefined): string | undefined =>
      faultAt(path) ?? (asked && value === undefined ? t("issue.tooSmall") : undefined),
  };
}

/** Trimmed; undefined where nothing is left, so that it leaves the URL. */
export const filled = (draft: string): string | undefined => (draft.trim() === "" ? undefined : draft.trim());
