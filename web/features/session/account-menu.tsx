import UserOutlined from "@ant-design/icons/es/icons/UserOutlined";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Dropdown, type MenuProps } from "antd";
import { Suspense, lazy, useEffect, useState } from "react";
import { api } from "../../lib/api.ts";
import { useT } from "../../lib/i18n.ts";
import { problemOf } from "../../lib/problem.ts";
import { forgetTab, keepInTab } from "../../lib/store.ts";
import { sessionQuery, useUser } from "../../lib/session.ts";

const SessionList = lazy(() => import("./session-list.tsx").then((m) => ({ default: m.SessionList })));
const SignOutFailed = lazy(() => import("./sign-out-failed.tsx").then((m) => ({ default: m.SignOutFailed })));

export function AccountMenu() {
  const t = useT();
  const user = useUser();
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const [listing, setListing] = useState(false);
  const username = user?.username;
  useEffect(() => {
    if (username !== undefined) keepInTab("user", username);
  }, [username]);
  const leave = (): void => {
    forgetTab();
    queryClient.clear();
    queryClient.setQueryData(sessionQuery().queryKey, { user: null });
    void navigate({ to: "/sign-in", replace: true, ignoreBlocker: true });
  };
  const signOut = useMutation(
    api.session.signOut.mutationOptions({
      onSuccess: leave,
      // Who has no session any more is signed out.
      onError: (error) => {
        if (problemOf(error).code === "UNAUTHORIZED") leave();
      },
    }),
  );
  const items: MenuProps["items"] = [
    { key: "who", type: "group", label: user ? `${user.username} · ${t(`role.${user.role}`)}` : "" },
    { key: "sessions", label: t("account.sessions"), onClick: () => setListing(true) },
    { key: "password", label: t("account.password"), onClick: () => void navigate({ to: "/change-password" }) },
    { key: "about", label: t("account.about"), onClick: () => void navigate({ to: "/about" }) },
    { type: "divider" },
    { key: "out", label: t("account.signOut"), onClick: () => signOut.mutate(undefined) },
  ];
  return (
    <>
      <Dropdown trigger={["click"]} placement="bottomRight" menu={{ items }}>
        <button
          type="button"
          className="rd-icon-button"
          aria-label={t("account.label", { username: user?.username ?? "" })}
          title={user?.username}
          aria-haspopup="menu"
        >
          <UserOutlined />
        </button>
      </Dropdown>
      {signOut.error ? (
        <Suspense fallback={null}>
          <SignOutFailed error={signOut.error} onRetry={() => signOut.mutate(undefined)} onClose={signOut.reset} />
        </Suspense>
      ) : null}
      {listing ? (
        <Suspense fallback={null}>
          <SessionList onClose={() => setListing(false)} />
        </Suspense>
      ) : null}
    </>
  );
}
