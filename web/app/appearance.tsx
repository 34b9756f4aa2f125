import {
  createContext,
  use,
  useCallback,
  useLayoutEffect,
  useMemo,
  useState,
  useSyncExternalStore,
  type ReactNode,
} from "react";
import { keep, kept } from "../lib/store.ts";

export const themeChoices = ["system", "light", "dark"] as const;
export type ThemeChoice = (typeof themeChoices)[number];

export const densities = ["dense", "comfortable"] as const;
export type Density = (typeof densities)[number];

interface Appearance {
  choice: ThemeChoice;
  mode: "light" | "dark";
  choose: (choice: ThemeChoice) => void;
  density: Density;
  chooseDensity: (density: Density) => void;
}

const AppearanceContext = createContext<Appearance>({
  choice: "system",
  mode: "light",
  choose: () => undefined,
  density: "dense",
  chooseDensity: () => undefined,
});

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

/** One of few choices, kept in this browser; the first where none was made. */
function useKept<T extends string>(key: string, choices: readonly [T, ...T[]]): [T, (choice: T) => void] {
  const [chosen, setChosen] = useState(() => {
    const before = kept(key);
    return choices.find((choice) => choice === before) ?? choices[0];
  });
  const choose = useCallback(
    (choice: T) => {
      setChosen(choice);
      keep(key, choice);
    },
    [key],
  );
  return [chosen, choose];
}

export function AppearanceProvider({ children }: { children: ReactNode }) {
  const [choice, choose] = useKept("theme", themeChoices);
  const [density, chooseDensity] = useKept("density", densities);
  const systemDark = useMedia("(prefers-color-scheme: dark)");
  const mode = choice === "system" ? (systemDark ? "dark" : "light") : choice;
  // Before any effect below it: what draws itself reads its colours from the page.
  useLayoutEffect(() => {
    document.documentElement.dataset["theme"] = mode;
  }, [mode]);
  const value = useMemo(
    () => ({ choice, mode, choose, density, chooseDensity }),
    [choice, mode, choose, density, chooseDensity],
  );
  return <AppearanceContext value={value}>{children}</AppearanceContext>;
}
