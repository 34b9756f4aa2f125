import { useEffect } from "react";
import { keepInTab, keptInTab } from "./store.ts";

/** A topic or group whose page was opened. */
export interface Recent {
  kind: "topic" | "group";
  name: string;
}

const MOST = 5;
const keyOf = (instanceId: string) => `recent.${instanceId}`;

/** What was last opened of an instance in this tab, the latest first. */
export const recentOf = (instanceId: string): Recent[] => JSON.parse(keptInTab(keyOf(instanceId)) ?? "[]") as Recent[];

/** The list with one that was opened now. */
export const withOpened = (before: readonly Recent[], { kind, name }: Recent): Recent[] =>
  [{ kind, name }, ...before.filter((one) => one.kind !== kind || one.name !== name)].slice(0, MOST);

/** Remembers a page that was opened, once there is such a thing. */
export function useOpened(instanceId: string, kind: Recent["kind"], name: string, isThere: boolean): void {
  useEffect(() => {
    if (isThere) keepInTab(keyOf(instanceId), JSON.stringify(withOpened(recentOf(instanceId), { kind, name })));
  }, [instanceId, kind, name, isThere]);
}
