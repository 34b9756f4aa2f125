import { useQuery } from "@tanstack/react-query";
import { api } from "../lib/api.ts";
import { useFormat } from "../lib/format.ts";
import { useT } from "../lib/i18n.ts";

/** Messages of a topic that nobody gets, since their queues cannot be read. */
export function UnreadableNote({ instanceId, topic }: { instanceId: string; topic: string }) {
  const t = useT();
  const format = useFormat();
  const { data } = useQuery(api.topic.queues.queryOptions({ input: { instanceId, topic }, staleTime: 10_000 }));
  const stored = (data?.items ?? [])
    .filter(({ readable }) => readable === false)
    .reduce((sum, { minOffset, maxOffset }) => sum + BigInt(maxOffset) - BigInt(minOffset), 0n);
  if (stored === 0n) return null;
  return (
    <p className="rd-note" data-tone="warn" role="status">
      {t("unreadableNote", { count: Number(stored), n: format.number(stored) })}
    </p>
  );
}
