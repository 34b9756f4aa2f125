import MenuOutlined from "@ant-design/icons/es/icons/MenuOutlined";
import { Link, Outlet, useRouterState } from "@tanstack/react-router";
import { Suspense, useEffect, useRef, useState } from "react";
import { JobsPopover } from "../features/job/jobs-popover.tsx";
import { AccountMenu } from "../features/session/account-menu.tsx";
import { useT } from "../lib/i18n.ts";
import { AppearanceMenu, HelpMenu, LanguageMenu } from "./top-menus.tsx";
import { InstanceSwitcher } from "./instance-switcher.tsx";
import { Mark } from "./mark.tsx";
import { PaletteButton } from "./palette-button.tsx";
import { RoutePending } from "./route-states.tsx";
import { SideNav } from "./side-nav.tsx";

/** The frame of every page behind the sign-in: top bar, navigation, content. */
export function AppLayout() {
  const t = useT();
  const pathname = useRouterState({ select: (state) => state.location.pathname });
  const [openAt, setOpenAt] = useState<string>();
  const drawer = openAt === pathname;
  const setDrawer = (open: boolean): void => setOpenAt(open ? pathname : undefined);
  return (
    <div className="rd-app" data-drawer={drawer}>
      <a className="rd-skip" href="#main">
        {t("skip")}
      </a>
      <header className="rd-top">
        <button
          type="button"
          className="rd-icon-button rd-burger"
          aria-label={t("nav.toggle")}
          aria-expanded={drawer}
          aria-controls="nav"
          onClick={() => setDrawer(!drawer)}
        >
          <MenuOutlined />
        </button>
        <Link to="/" className="rd-mark-link" aria-label="RocketDeck">
          <Mark />
          <span className="rd-mark-text">RocketDeck</span>
        </Link>
        <InstanceSwitcher />
        <span className="rd-top-space" />
        <PaletteButton />
        <JobsPopover />
        <HelpMenu />
        <LanguageMenu />
        <AppearanceMenu />
        <AccountMenu />
      </header>
      <div className="rd-side" id="nav">
        <SideNav onGo={() => setDrawer(false)} />
      </div>
      {drawer ? <Backdrop onClose={() => setDrawer(false)} /> : null}
      <main id="main" className="rd-main" tabIndex={-1}>
        <Suspense fallback={<RoutePending />}>
          <Outlet />
        </Suspense>
      </main>
    </div>
  );
}

/** Behind the drawer of the navigation; a click or Escape closes it. */
function Backdrop({ onClose }: { onClose: () => void }) {
  const t = useT();
  const close = useRef(onClose);
  useEffect(() => {
    close.current = onClose;
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key === "Escape") close.current();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);
  return <button type="button" className="rd-backdrop" aria-label={t("close")} onClick={onClose} />;
}
