import AimOutlined from "@ant-design/icons/es/icons/AimOutlined";
import ClusterOutlined from "@ant-design/icons/es/icons/ClusterOutlined";
import CloudDownloadOutlined from "@ant-design/icons/es/icons/CloudDownloadOutlined";
import CloudUploadOutlined from "@ant-design/icons/es/icons/CloudUploadOutlined";
import DashboardOutlined from "@ant-design/icons/es/icons/DashboardOutlined";
import DeleteOutlined from "@ant-design/icons/es/icons/DeleteOutlined";
import FileSearchOutlined from "@ant-design/icons/es/icons/FileSearchOutlined";
import TeamOutlined from "@ant-design/icons/es/icons/TeamOutlined";
import ScheduleOutlined from "@ant-design/icons/es/icons/ScheduleOutlined";
import InboxOutlined from "@ant-design/icons/es/icons/InboxOutlined";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useT } from "../lib/i18n.ts";
import { useInstanceId, useNavItems, type NavItem } from "./nav.ts";

const icons: Record<string, ReactNode> = {
  instances: <ClusterOutlined />,
  recycleBin: <DeleteOutlined />,
  jobs: <ScheduleOutlined />,
  overview: <DashboardOutlined />,
  topics: <InboxOutlined />,
  groups: <TeamOutlined />,
  producers: <CloudUploadOutlined />,
  consumers: <CloudDownloadOutlined />,
  messages: <FileSearchOutlined />,
  dialTests: <AimOutlined />,
};

/** Left navigation: the pages of the open instance, then the places outside of it. */
export function SideNav({ onGo }: { onGo?: () => void }) {
  const t = useT();
  const { inside, outside } = useNavItems(useInstanceId());
  return (
    <nav className="rd-nav" aria-label={t("nav.label")}>
      {inside.length > 0 ? <NavList items={inside} onGo={onGo} /> : null}
      <NavList items={outside} onGo={onGo} exact />
    </nav>
  );
}

function NavList({ items, onGo, exact = false }: { items: NavItem[]; onGo?: () => void; exact?: boolean }) {
  const t = useT();
  return (
    <ul>
      {items.map((item) => (
        <li key={item.key}>
          <Link
            to={item.href}
            onClick={onGo}
            activeOptions={{ exact: exact && item.key === "instances", includeSearch: false }}
            activeProps={{ "aria-current": "page" }}
            title={t(`nav.${item.key}`)}
          >
            <span aria-hidden="true">{icons[item.key]}</span>
            <span>{t(`nav.${item.key}`)}</span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
