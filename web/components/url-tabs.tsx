import { Tabs } from "antd";
import { Suspense, type ReactNode } from "react";
import { useT } from "../lib/i18n.ts";
import { PanelSkeleton } from "./table-skeleton.tsx";

export interface UrlTab<K extends string> {
  key: K;
  label: ReactNode;
  /** Rendered only while its tab is open, so each tab fetches its own. */
  children: () => ReactNode;
}

interface UrlTabsProps<K extends string> {
  tabs: UrlTab<K>[];
  /** `search.tab`; the first tab when undefined. */
  value: K | undefined;
  /** Put it into the URL; undefined for the first tab. */
  onChange: (tab: K | undefined) => void;
  label: string;
}

/** Tabs whose choice is in the URL. */
export function UrlTabs<K extends string>({ tabs, value, onChange, label }: UrlTabsProps<K>) {
  const t = useT();
  const first = tabs[0]?.key;
  const active = tabs.some((tab) => tab.key === value) ? value : first;
  return (
    <Tabs
      aria-label={label}
      activeKey={active}
      destroyOnHidden
      animated={false}
      onChange={(key) => {
        const next = tabs.find((tab) => tab.key === key)?.key;
        onChange(next === first ? undefined : next);
      }}
      items={tabs.map((tab) => ({
        key: tab.key,
        label: tab.label,
        children:
          tab.key === active ? (
            <Suspense fallback={<PanelSkeleton label={t("loading")} />}>{tab.children()}</Suspense>
          ) : null,
      }))}
    />
  );
}
