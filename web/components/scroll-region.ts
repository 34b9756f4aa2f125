import { useEffect, type RefObject } from "react";

/** What is larger than its place is scrolled by keyboard too: the part of `box` that scrolls takes the focus, and has a name, as long as it does. */
export function useScrollRegion(box: RefObject<HTMLElement | null>, name: string, part?: string): void {
  useEffect(() => {
    const scroller = part === undefined ? box.current : box.current?.querySelector(part);
    const content = scroller?.firstElementChild;
    if (!scroller || !content) return undefined;
    const attributes = { role: "group", tabindex: "0", "aria-label": name };
    const watch = new ResizeObserver(() => {
      const scrolls = scroller.scrollWidth > scroller.clientWidth || scroller.scrollHeight > scroller.clientHeight;
      for (const [key, value] of Object.entries(attributes)) {
        if (scrolls) scroller.setAttribute(key, value);
        else scroller.removeAttribute(key);
      }
    });
    watch.observe(scroller);
    watch.observe(content);
    return () => watch.disconnect();
  }, [box, name, part]);
}
