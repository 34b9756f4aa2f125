import { Button } from "antd";
import { useEffect, useState } from "react";
import type { MessageTail } from "#contract/message.ts";
import { ErrorState } from "../../components/error-state.tsx";
import { PartialStrip } from "../../components/partial-strip.tsx";
import { StateTag } from "../../components/state-tag.tsx";
import { PanelSkeleton } from "../../components/table-skeleton.tsx";
import { client } from "../../lib/api.ts";
import { useFormat } from "../../lib/format.ts";
import { useT } from "../../lib/i18n.ts";
import { FoundList } from "./found-list.tsx";

/** Messages that stay on the page. */
const KEPT = 200;

interface Followed {
  /** Undefined until the broker has said where it begins. */
  last: MessageTail | undefined;
  items: MessageTail["items"];
  /** Messages that are not shown: too fast, or by now too many. */
  left: bigint;
  error: unknown;
  /** Nothing more comes. */
  over: boolean;
}

const BEGINNING: Followed = { last: undefined, items: [], left: 0n, error: null, over: false };

function withNext({ items, left }: Followed, next: MessageTail): Followed {
  const all = [...next.items, ...items];
  const dropped = BigInt(Math.max(0, all.length - KEPT)) + BigInt(next.passedOver);
  return { last: next, items: all.slice(0, KEPT), left: left + dropped, error: null, over: next.ended };
}

async function follow(
  input: { instanceId: string; topic: string },
  signal: AbortSignal,
  onNext: (next: MessageTail) => void,
): Promise<void> {
  for await (const next of await client.message.tail(input, { signal })) onNext(next);
}

/** What is stored in a topic while the page looks at it. */
function useTail(instanceId: string, topic: string): Followed {
  const [followed, setFollowed] = useState(BEGINNING);
  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    const end = (error: unknown) => {
      if (!signal.aborted) setFollowed((before) => ({ ...before, error, over: true }));
    };
    follow({ instanceId, topic }, signal, (next) => setFollowed((before) => withNext(before, next))).then(
      () => end(null),
      end,
    );
    return () => controller.abort();
  }, [instanceId, topic]);
  return followed;
}

interface LiveResultsProps {
  instanceId: string;
  topic: string;
  group: string | undefined;
  onOpen: (ref: string) => void;
  /** Begins anew from now. */
  onAgain: () => void;
}

/** The newest messages as they come, for ten minutes. */
export function LiveResults({ instanceId, topic, group, onOpen, onAgain }: LiveResultsProps) {
  const t = useT("message");
  const format = useFormat();
  const { last, items, left, error, over } = useTail(instanceId, topic);
  if (error !== null && last === undefined) return <ErrorState error={error} onRetry={onAgain} />;
  if (last === undefined) return <PanelSkeleton lines={8} label={t("common:loading")} />;
  return (
    <section className="rd-list" aria-label={t("results")}>
      {error === null ? null : <ErrorState error={error} onRetry={onAgain} inline />}
      <FoundList
        instanceId={instanceId}
        items={items}
        group={group}
        at={last.at}
        onOpen={onOpen}
        summary={t("live.came", { count: items.length, total: format.number(items.length) })}
        right={
          over ? (
            <>
              <StateTag tone="off">{t("live.over")}</StateTag>
              <Button size="small" onClick={onAgain}>
                {t("live.again")}
              </Button>
            </>
          ) : (
            <StateTag tone="busy">{t("live.on")}</StateTag>
          )
        }
        notes={
          <>
            <PartialStrip failures={last.failures} missing={t("unreadBrokers")} />
            {left === 0n ? null : (
              <p className="rd-note" role="status">
                {t("live.left", { total: format.number(left) })}
              </p>
            )}
          </>
        }
        empty={{ title: t("live.waiting"), text: t("live.waitingText") }}
      />
    </section>
  );
}
