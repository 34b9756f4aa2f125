import { useQuery } from "@tanstack/react-query";
import { Link, Outlet } from "@tanstack/react-router";
import { ErrorState } from "../components/error-state.tsx";
import { Time } from "../components/time.tsx";
import { api } from "../lib/api.ts";
import { useT } from "../lib/i18n.ts";

/** Around every page of an instance: says when the instance cannot be worked with, then the page. */
export function InstanceLayout({ instanceId }: { instanceId: string }) {
  const t = useT();
  const { data, error, refetch } = useQuery(
    api.instance.get.queryOptions({ input: { instanceId }, refetchInterval: 15_000 }),
  );
  if (error && !data) {
    return (
      <>
        <ErrorState error={error} onRetry={() => void refetch()} />
        <p className="rd-after-error">
          <Link to="/">{t("instance.toList")}</Link>
        </p>
      </>
    );
  }
  return (
    <>
      {data?.state === "unreachable" || data?.state === "recycled" ? (
        <p className="rd-note" data-tone={data.state === "recycled" ? "warn" : "bad"} role="status">
          {t(`instance.${data.state}`, { name: data.name })}{" "}
          {data.stateAt === null ? null : <Time at={data.stateAt} relative />}
        </p>
      ) : null}
      <Outlet />
    </>
  );
}
