import DownOutlined from "@ant-design/icons/es/icons/DownOutlined";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useRouterState } from "@tanstack/react-router";
import { Input, Popover } from "antd";
import { useState } from "react";
import { instanceTones } from "../components/instance-state.tsx";
import { StateDot } from "../components/state-tag.tsx";
import { ErrorState } from "../components/error-state.tsx";
import { api } from "../lib/api.ts";
import { useT } from "../lib/i18n.ts";
import { useInstanceId } from "./nav.ts";

/** Which instance is open: name, state, version; opens a list with search. */
export function InstanceSwitcher() {
  const t = useT();
  const instanceId = useInstanceId();
  const [open, setOpen] = useState(false);
  const { data: instance } = useQuery(
    api.instance.get.queryOptions({ input: { instanceId: instanceId ?? "" }, enabled: instanceId !== undefined }),
  );
  const shown = instanceId === undefined ? undefined : instance;
  return (
    <Popover
      open={open}
      onOpenChange={setOpen}
      trigger="click"
      placement="bottomLeft"
      arrow={false}
      destroyOnHidden
      content={<SwitcherList onGo={() => setOpen(false)} />}
    >
      <button
        type="button"
        className="rd-switcher"
        aria-haspopup="dialog"
        aria-expanded={open}
        aria-label={t("switcher.label")}
      >
        {shown ? <StateDot tone={instanceTones[shown.state]} label={t(`instanceState.${shown.state}`)} /> : null}
        <span className="rd-ellipsis">{shown?.name ?? t("switcher.choose")}</span>
        {shown?.version ? <span className="rd-quiet rd-switcher-version">{shown.version}</span> : null}
        <DownOutlined aria-hidden="true" />
      </button>
    </Popover>
  );
}

function SwitcherList({ onGo }: { onGo: () => void }) {
  const t = useT();
  const [search, setSearch] = useState("");
  const go = useGoToInstance();
  const list = useQuery(
    api.instance.list.queryOptions({ input: { search: search || undefined, page: 1, pageSize: 20 } }),
  );
  const items = list.data?.items ?? [];
  const choose = (id: string): void => {
    onGo();
    go(id);
  };
  return (
    <div className="rd-switcher-list">
      <Input
        size="small"
        autoFocus
        value={search}
        placeholder={t("switcher.search")}
        aria-label={t("switcher.search")}
        onChange={(event) => setSearch(event.target.value)}
        onPressEnter={() => items[0] && choose(items[0].id)}
      />
      {list.error ? <ErrorState error={list.error} inline /> : null}
      <ul>
        {items.map((item) => (
          <li key={item.id}>
            <button type="button" onClick={() => choose(item.id)}>
              <StateDot tone={instanceTones[item.state]} label={t(`instanceState.${item.state}`)} />
              <span className="rd-ellipsis">{item.name}</span>
              <span className="rd-quiet">{item.version ?? ""}</span>
            </button>
          </li>
        ))}
      </ul>
      {list.data && items.length === 0 ? (
        <p className="rd-quiet">{t(search ? "list.nothing" : "switcher.none")}</p>
      ) : null}
      <Link to="/instances" onClick={onGo}>
        {t("switcher.all")}
      </Link>
    </div>
  );
}

/** Opens the same kind of page in another instance, or its overview. */
export function useGoToInstance(): (instanceId: string) => void {
  const navigate = useNavigate();
  const pathname = useRouterState({ select: (state) => state.location.pathname });
  return (instanceId) => {
    const page = /^\/instances\/[^/]+\/([^/]+)/.exec(pathname)?.[1];
    void navigate({ to: `/instances/${encodeURIComponent(instanceId)}/${page ?? ""}`, search: {} });
  };
}
