import { useState } from "react";

/** What a form shows: what was read, and over it what was typed, which alone stays when that is read anew. */
export function useDraft<Draft extends object>(read: Draft, begun: Partial<Draft> = {}) {
  const [typed, setTyped] = useState(begun);
  const change = (part: Partial<Draft>) => setTyped((old) => ({ ...old, ...part }));
  return { draft: { ...read, ...typed }, change };
}
