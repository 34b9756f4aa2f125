import { Link, type ErrorComponentProps } from "@tanstack/react-router";
import { EmptyState } from "../components/empty-state.tsx";
import { ErrorState } from "../components/error-state.tsx";
import { PanelSkeleton } from "../components/table-skeleton.tsx";
import { useT } from "../lib/i18n.ts";

export const RouteError = ({ error, reset }: ErrorComponentProps) => <ErrorState error={error} onRetry={reset} />;

export function RouteMissing() {
  const t = useT();
  return (
    <EmptyState
      title={t("missing.title")}
      text={t("missing.text")}
      action={<Link to="/">{t("missing.action")}</Link>}
    />
  );
}

export function RoutePending() {
  return <PanelSkeleton lines={6} label={useT()("loading")} />;
}
