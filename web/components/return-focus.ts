import { useEffect, useState } from "react";

/** What opens over a page and is gone: the focus returns to where it was opened, or to the page where that is gone too. */
export function useReturnFocus(): void {
  const [opener] = useState(() => document.activeElement);
  useEffect(
    () => () => {
      requestAnimationFrame(() => {
        if (document.activeElement !== null && document.activeElement !== document.body) return;
        const isThere = opener instanceof HTMLElement && opener.isConnected && opener !== document.body;
        (isThere ? opener : document.querySelector<HTMLElement>("#main"))?.focus({ preventScroll: true });
      });
    },
    [opener],
  );
}
