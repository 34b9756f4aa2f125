import { theme, type ThemeConfig } from "antd";
import type { Density } from "./appearance.tsx";

/** The class that carries antd's CSS variables; it is set on the root element, so that our own CSS can use them anywhere. */
export const themeClass = "rd-theme";

const seed: ThemeConfig["token"] = {
  borderRadius: 8,
  borderRadiusSM: 6,
  borderRadiusLG: 8,
  wireframe: false,
  fontFamily: `system-ui, -apple-system, "Segoe UI", Roboto, "PingFang SC", "Hiragino Sans GB", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans", sans-serif`,
  fontFamilyCode: `ui-monospace, "SF Mono", "JetBrains Mono", Menlo, Consolas, "Liberation Mono", "Noto Sans Mono CJK SC", monospace`,
  lineWidthFocus: 2,
  motionDurationFast: "0.08s",
  motionDurationMid: "0.12s",
  motionDurationSlow: "0.15s",
  boxShadow: "0 4px 16px rgb(0 0 0 / 8%)",
  boxShadowSecondary: "0 4px 16px rgb(0 0 0 / 10%)",
};

/** A row of a list is as high as a large control. */
const sizes: Record<Density, ThemeConfig["token"]> = {
  dense: { fontSize: 13, controlHeight: 32, controlHeightSM: 28, controlHeightLG: 40 },
  comfortable: { fontSize: 14, controlHeight: 36, controlHeightSM: 32, controlHeightLG: 48 },
};

const light: ThemeConfig["token"] = {
  colorPrimary: "#c13a17",
  // antd would lighten it, which is too pale for a word on white.
  colorPrimaryHover: "#a83112",
  colorInfo: "#1f6feb",
  // What antd draws around what is in focus.
  colorPrimaryBorder: "#1f6feb",
  colorSuccess: "#1a7f37",
  colorWarning: "#9a6700",
  colorError: "#cf222e",
  colorLink: "#1f2328",
  // What antd derives from colours this dark is grey.
  colorSuccessBg: "#dafbe1",
  colorSuccessBorder: "#aceebb",
  colorWarningBg: "#fff6d6",
  colorWarningBorder: "#e3c565",
  colorErrorBg: "#ffebe9",
  colorErrorBorder: "#f5b5b0",
  colorInfoBg: "#e6f2ff",
  colorInfoBorder: "#b3d4fc",
  colorBgLayout: "#f6f6f7",
  colorBorder: "#d5d7db",
  colorBorderSecondary: "#e6e7ea",
  colorTextSecondary: "#57606a",
  colorTextTertiary: "#6a727c",
  colorTextPlaceholder: "#6a727c",
};

const dark: ThemeConfig["token"] = {
  colorPrimary: "#dc4b22",
  colorInfo: "#4c9aff",
  colorPrimaryBorder: "#4c9aff",
  colorSuccess: "#3fb950",
  colorWarning: "#d9a130",
  colorError: "#ff7b72",
  colorLink: "#e6e7ea",
  colorBgBase: "#121316",
  colorBgLayout: "#121316",
  colorBgContainer: "#191b1f",
  colorBgElevated: "#212429",
  // What antd derives is hardly told from the ground.
  colorWarningBg: "#3a2f10",
  colorWarningBorder: "#6b5514",
  colorBorder: "#3a3e46",
  colorBorderSecondary: "#2a2d33",
  colorTextSecondary: "#a4abb6",
  colorTextTertiary: "#8d95a1",
  colorTextPlaceholder: "#8d95a1",
};

/** What is on, chosen or in focus: the accent is for the one primary action. */
const NEUTRAL = { light: "#424a53", dark: "#a4abb6" };
const FOCUS = {
  hoverBorderColor: "var(--ant-color-text-tertiary)",
  activeBorderColor: "var(--ant-color-info)",
  activeShadow: "none",
};

export function themeOf(mode: "light" | "dark", density: Density, still: boolean): ThemeConfig {
  // Filled, an unticked box looks like one that cannot be ticked.
  const ticked = mode === "dark" ? { colorBgContainer: "transparent", colorBorder: "#6b727d" } : {};
  return {
    cssVar: { key: themeClass },
    hashed: false,
    algorithm: mode === "dark" ? theme.darkAlgorithm : theme.defaultAlgorithm,
    token: { ...seed, ...sizes[density], ...(mode === "dark" ? dark : light), motion: !still },
    components: {
      Table: {
        headerBg: "transparent",
        headerColor: "var(--ant-color-text-secondary)",
        cellPaddingBlockSM: density === "dense" ? 6 : 10,
        cellPaddingInlineSM: 12,
        headerSplitColor: "transparent",
        headerBorderRadius: 0,
        headerSortActiveBg: "transparent",
        headerSortHoverBg: "var(--ant-color-fill-quaternary)",
        bodySortBg: "transparent",
      },
      Button: {
        primaryShadow: "none",
        dangerShadow: "none",
        defaultShadow: "none",
        fontWeight: 500,
        ...(mode === "dark" ? { dangerColor: "#121316" } : {}),
      },
      // The accent as text is too dark on the dark layout; the bar under the tab carries it.
      Tabs: { horizontalMargin: "0 0 16px", itemSelectedColor: "var(--ant-color-text)" },
      Drawer: { paddingLG: 20 },
      Switch: { colorPrimary: NEUTRAL[mode], colorPrimaryHover: NEUTRAL[mode] },
      Checkbox: { ...ticked, colorPrimary: NEUTRAL[mode], colorPrimaryHover: NEUTRAL[mode] },
      Radio: { ...ticked, colorPrimary: NEUTRAL[mode], colorPrimaryHover: NEUTRAL[mode] },
      Input: FOCUS,
      InputNumber: FOCUS,
      DatePicker: FOCUS,
      Select: {
        hoverBorderColor: FOCUS.hoverBorderColor,
        activeBorderColor: FOCUS.activeBorderColor,
        activeOutlineColor: "transparent",
      },
      Form: { itemMarginBottom: 16, verticalLabelPadding: "0 0 4px" },
    },
  };
}
