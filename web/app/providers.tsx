import { QueryClientProvider, type QueryClient } from "@tanstack/react-query";
import { ConfigProvider } from "antd";
import type { Locale } from "antd/es/locale";
import enUs from "antd/es/locale/en_US";
import { useEffect, useState, type ReactNode } from "react";
import { useLanguage, type Language } from "../lib/i18n.ts";
import { AppearanceProvider, useAppearance, useMedia } from "./appearance.tsx";
import { themeClass, themeOf } from "./theme.ts";

/** English is in antd itself; another language is loaded when it is chosen. */
const antdLocales: Record<Language, () => Promise<Locale>> = {
  "zh-CN": () => import("antd/es/locale/zh_CN").then((m) => m.default),
  "en-US": () => Promise.resolve(enUs),
};

export function Providers({ queryClient, children }: { queryClient: QueryClient; children: ReactNode }) {
  return (
    <QueryClientProvider client={queryClient}>
      <AppearanceProvider>
        <Themed>{children}</Themed>
      </AppearanceProvider>
    </QueryClientProvider>
  );
}

function Themed({ children }: { children: ReactNode }) {
  const { mode, density } = useAppearance();
  const still = useMedia("(prefers-reduced-motion: reduce)");
  const language = useLanguage();
  const [locale, setLocale] = useState<Locale>();
  useEffect(() => {
    document.documentElement.classList.add(themeClass);
  }, []);
  useEffect(() => {
    let current = true;
    void antdLocales[language]().then((loaded) => {
      if (current) setLocale(loaded);
    });
    return () => {
      current = false;
    };
  }, [language]);
  return (
    <ConfigProvider
      theme={themeOf(mode, density, still)}
      locale={locale}
      button={{ autoInsertSpace: false }}
      wave={{ disabled: true }}
    >
      {children}
    </ConfigProvider>
  );
}
