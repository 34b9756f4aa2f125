import { useEffect, useState } from "react";

/** A value that follows another once it has rested: what is typed is asked about when typing pauses. */
export function useSettled<T>(value: T, restMs = 250): T {
  const [settled, setSettled] = useState(value);
  const text = JSON.stringify(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(JSON.parse(text) as T), restMs);
    return () => clearTimeout(timer);
  }, [text, restMs]);
  return settled;
}

/** Whether two plain values say the same; what was typed and has not rested yet may be no whole input, so nothing is asked for it. */
export const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
