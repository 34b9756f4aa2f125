import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, Outlet } from "@tanstack/react-router";
import type { Instance } from "#contract/instance.ts";
import { ErrorState } from "../components/error-state.tsx";
import { PageHeader } from "../components/page-header.tsx";
import { Time } from "../components/time.tsx";
import { api } from "../lib/api.ts";
import { useT } from "../lib/i18n.ts";
import { useCan } from "../lib/session.ts";

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
  if (data?.state === "recycled") return <InRecycleBin instance={data} />;
  return (
    <>
      {data?.state === "unreachable" ? (
        <p className="rd-note" data-tone="bad" role="status">
          {t("instance.unreachable", { name: data.name })}{" "}
          {data.stateAt === null ? null : <Time at={data.stateAt} relative />}
        </p>
      ) : null}
      <Outlet />
    </>
  );
}

/** Nothing of it can be asked for: what it is, until when it can come back, and the way there. */
function InRecycleBin({ instance: { id: instanceId, name, destroyAt } }: { instance: Instance }) {
  const t = useT();
  const queryClient = useQueryClient();
  const mayRestore = useCan("instance:update");
  const restore = useMutation(
    api.instance.restore.mutationOptions({
      onSuccess: () => queryClient.invalidateQueries({ queryKey: api.instance.key() }),
    }),
  );
  return (
    <>
      <PageHeader title={name} />
      <p className="rd-note" data-tone="warn" role="status">
        {t("instance.recycled", { name })} <Time at={destroyAt} />
      </p>
      {restore.error ? <ErrorState error={restore.error} inline /> : null}
      <p className="rd-after-error">
        {mayRestore ? (
          <button
            type="button"
            className="rd-button"
            data-kind="primary"
            aria-busy={restore.isPending}
            onClick={() => restore.mutate({ instanceId })}
          >
            {t("instance.restore")}
          </button>
        ) : null}{" "}
        <Link to="/recycle-bin">{t("nav.recycleBin")}</Link>
      </p>
    </>
  );
}
