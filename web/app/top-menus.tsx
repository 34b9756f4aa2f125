import SunOutlined from "@ant-design/icons/es/icons/SunOutlined";
import GlobalOutlined from "@ant-design/icons/es/icons/GlobalOutlined";
import MoonOutlined from "@ant-design/icons/es/icons/MoonOutlined";
import QuestionCircleOutlined from "@ant-design/icons/es/icons/QuestionCircleOutlined";
import { Dropdown, type MenuProps } from "antd";
import type { ReactNode } from "react";
import { languageNames, languages, setLanguage, useLanguage, useT } from "../lib/i18n.ts";
import { densities, themeChoices, useAppearance } from "./appearance.tsx";

/** Opens and closes without motion, for what is chosen redraws the whole page. */
function TopMenu({ label, icon, menu }: { label: string; icon: ReactNode; menu: MenuProps }) {
  return (
    <Dropdown trigger={["click"]} placement="bottomRight" transitionName="" menu={menu}>
      <button type="button" className="rd-icon-button" aria-label={label} title={label} aria-haspopup="menu">
        {icon}
      </button>
    </Dropdown>
  );
}

export function LanguageMenu() {
  const t = useT();
  const language = useLanguage();
  const items = languages.map((key) => ({
    key,
    label: <span lang={key}>{languageNames[key]}</span>,
    onClick: () => void setLanguage(key),
  }));
  return (
    <TopMenu
      label={t("language")}
      icon={<GlobalOutlined />}
      menu={{ items, selectable: true, selectedKeys: [language] }}
    />
  );
}

export function AppearanceMenu() {
  const t = useT();
  const { choice, mode, choose, density, chooseDensity } = useAppearance();
  const items: MenuProps["items"] = [
    {
      key: "theme",
      type: "group",
      label: t("theme.label"),
      children: themeChoices.map((key) => ({ key, label: t(`theme.${key}`), onClick: () => choose(key) })),
    },
    {
      key: "density",
      type: "group",
      label: t("density.label"),
      children: densities.map((key) => ({ key, label: t(`density.${key}`), onClick: () => chooseDensity(key) })),
    },
  ];
  return (
    <TopMenu
      label={t("appearance")}
      icon={mode === "dark" ? <MoonOutlined /> : <SunOutlined />}
      menu={{ items, selectable: true, selectedKeys: [choice, density] }}
    />
  );
}

export function HelpMenu() {
  const t = useT();
  const items: MenuProps["items"] = [
    {
      key: "api",
      label: (
        <a href="/api/docs" target="_blank" rel="noreferrer">
          {t("help.api")}
        </a>
      ),
    },
    {
      key: "keys",
      type: "group",
      label: t("help.keys"),
      children: (["palette", "search"] as const).map((key) => ({
        key,
        disabled: true,
        label: (
          <span className="rd-key-line">
            {t(`help.${key}`)} <kbd>{key === "palette" ? "Ctrl K" : "/"}</kbd>
          </span>
        ),
      })),
    },
  ];
  return <TopMenu label={t("help.label")} icon={<QuestionCircleOutlined />} menu={{ items }} />;
}
