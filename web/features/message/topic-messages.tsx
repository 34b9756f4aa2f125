import { useUrlState } from "../../lib/search.ts";
import type { MessageParts } from "./message-parts.ts";
import { MessageQueries } from "./message-queries.tsx";
import { topicMessagesSearch } from "./message-search.ts";

/** The same for one topic, whose page has tabs of its own. */
export function TopicMessages({
  instanceId,
  topic,
  parts,
}: {
  instanceId: string;
  topic: string;
  parts: MessageParts;
}) {
  const [{ by, ...search }, patch] = useUrlState(topicMessagesSearch);
  return (
    <MessageQueries
      instanceId={instanceId}
      search={{ ...search, tab: by, topic }}
      patch={({ topic: _, ...changes }, options) => {
        const { tab, ...others } = changes;
        patch("tab" in changes ? { ...others, by: tab } : others, options);
      }}
      parts={parts}
      ofTopic
    />
  );
}
