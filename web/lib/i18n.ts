import i18next, { type BackendModule, type FormatterModule, type ResourceKey, type TFunction } from "i18next";
import { initReactI18next, useTranslation } from "react-i18next";
import { keep } from "./store.ts";
import { visible } from "./visible.ts";

export const languages = ["zh-CN", "en-US"] as const;
export type Language = (typeof languages)[number];

/** Each language in itself. */
export const languageNames: Record<Language, string> = { "zh-CN": "简体中文", "en-US": "English" };

/** Namespaces that every page may need, loaded before the first paint. */
const always = ["common", "problem"];

const files = import.meta.glob<{ default: ResourceKey }>("../locales/*/*.json");

const backend: BackendModule = {
  type: "backend",
  init: () => undefined,
  read: (language, namespace, done) => {
    const load = files[`../locales/${language}/${namespace}.json`];
    if (!load) return done(null, {});
    load().then(
      (module) => done(null, module.default),
      (error: unknown) => done(error instanceof Error ? error : new Error(String(error)), null),
    );
  },
};

/** A number in a sentence has separators, as everywhere; a code is no number. */
const numbers: FormatterModule = {
  type: "formatter",
  init: () => undefined,
  add: () => undefined,
  addCached: () => undefined,
  format: (value: unknown, _, lng) => (typeof value === "number" ? value.toLocaleString(lng) : (value as string)),
};

export const isLanguage = (value: unknown): value is Language => languages.some((language) => language === value);

export async function startI18n(language: Language): Promise<void> {
  await i18next
    .use(backend)
    .use(numbers)
    .use(initReactI18next)
    .init({
      lng: language,
      fallbackLng: false,
      supportedLngs: languages,
      load: "currentOnly",
      ns: always,
      defaultNS: "common",
      interpolation: {
        // Texts are no HTML; what they name may be anything.
        escape: visible,
        alwaysFormat: true,
      },
      returnNull: false,
    });
  document.documentElement.lang = language;
}

export async function setLanguage(language: Language): Promise<void> {
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
  keep("lang", language);
}

/**
 * Texts of a namespace (`web/locales/<lang>/<ns>.json`), loaded on first use; the common ones are reached as `t("common:save")`.
 * Several namespaces may be given; keys without a prefix are of the first.
 */
export function useT(ns: string | string[] = "common"): TFunction {
  return useTranslation(ns).t;
}

export function useLanguage(): Language {
  const { i18n } = useTranslation();
  return isLanguage(i18n.language) ? i18n.language : "en-US";
}
