import { Button } from "antd";
import { useState } from "react";
import { useT } from "../../lib/i18n.ts";

interface MessagePagerProps {
  /** Where the page before ended. */
  cursor: string | undefined;
  next: string | null;
  newestFirst: boolean;
  onCursor: (cursor: string | undefined) => void;
}

/** Pages are known by where the one before ended, so the way back is what was gone through. */
export function MessagePager({ cursor, next, newestFirst, onCursor }: MessagePagerProps) {
  const t = useT("message");
  const [before, setBefore] = useState<ReadonlyMap<string, string | undefined>>(new Map());
  if (next === null && cursor === undefined) return null;
  const known = cursor !== undefined && before.has(cursor);
  return (
    <nav className="rd-message-pager" aria-label={t("pages")}>
      {cursor === undefined ? null : (
        <Button onClick={() => onCursor(undefined)}>{newestFirst ? t("toNewest") : t("toOldest")}</Button>
      )}
      <Button disabled={!known} onClick={() => onCursor(before.get(cursor ?? ""))}>
        {newestFirst ? t("newer") : t("older")}
      </Button>
      <Button
        disabled={next === null}
        onClick={() => {
          if (next === null) return;
          setBefore(new Map(before).set(next, cursor));
          onCursor(next);
        }}
      >
        {newestFirst ? t("older") : t("newer")}
      </Button>
    </nav>
  );
}
