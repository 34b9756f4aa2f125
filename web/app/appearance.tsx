import { createContext, use, useLayoutEffect, useMemo, useState, useSyncExternalStore, type ReactNode } from "react";
import { keep, kept } from "../lib/store.ts";

export const themeChoices = ["system", "light", "dark"] as const;
export type ThemeChoice = (typeof themeChoices)[number];

interface Appearance {
  choice: ThemeChoice;
  mode: "light" | "dark";
  choose: (choice: ThemeChoice) => void;
}

const AppearanceContext = createContext<Appearance>({ choice: "system", mode: "light", choose: () => undefined });

export const useAppearance = (): Appearance => use(AppearanceContext);

/** Whether a media query holds now and later. */
export function useMedia(query: string): boolean {
  const [subscribe, read] = useMemo(() => {
    const list = matchMedia(query);
    return [
      (notify: () => void) => {
        list.addEventListener("change", notify);
        return () => list.removeEventListener("change", notify);
      },
      () => list.matches,
    ] as const;
  }, [query]);
  return useSyncExternalStore(subscribe, read);
}

const isChoice = (value: string | null): value is ThemeChoice => themeChoices.some((choice) => choice === value);

export function AppearanceProvider({ children }: { children: ReactNode }) {
  const [choice, setChoice] = useState<ThemeChoice>(() => {
    const before = kept("theme");
    return isChoice(before) ? before : "system";
  });
  const systemDark = useMedia("(prefers-color-scheme: dark)");
  const mode = choice === "system" ? (systemDark ? "dark" : "light") : choice;
  // Before any effect below it: what draws itself reads its colours from the page.
  useLayoutEffect(() => {
    document.documentElement.dataset["theme"] = mode;
  }, [mode]);
  const value = useMemo(
    () => ({
      choice,
      mode,
      choose: (next: ThemeChoice) => {
        setChoice(next);
        keep("theme", next);
      },
    }),
    [choice, mode],
  );
  return <AppearanceContext value={value}>{children}</AppearanceContext>;
}
