import { useQuery, type QueryFunction, type QueryKey } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useT } from "../../lib/i18n.ts";
import { ErrorState } from "../error-state.tsx";
import { useReturnFocus } from "../return-focus.ts";
import { PanelSkeleton } from "../table-skeleton.tsx";
import { WriteDrawer } from "../write-drawer.tsx";

interface EditFrameProps<T> {
  title: string;
  /** Of the thing to be edited. */
  query: { queryKey: QueryKey; queryFn: QueryFunction<T> };
  onClose: () => void;
  /** The drawer with the form, whose draft begins with what was read. */
  children: (thing: T) => ReactNode;
}

/** Reads a thing anew and only then lets it be edited: under a key of its own, nothing that a page has seen before is taken for it. */
export function EditFrame<T>({ title, query, onClose, children }: EditFrameProps<T>) {
  const t = useT();
  useReturnFocus();
  const { data, error, refetch } = useQuery({
    queryKey: [...query.queryKey, "edited"],
    queryFn: query.queryFn,
    staleTime: Infinity,
    gcTime: 0,
  });
  if (data !== undefined) return children(data);
  return (
    <WriteDrawer
      open
      title={title}
      plan={undefined}
      dirty={false}
      ready={false}
      applyText={t("save")}
      onApply={() => Promise.resolve()}
      onClose={onClose}
    >
      {error ? (
        <ErrorState error={error} onRetry={() => void refetch()} inline />
      ) : (
        <PanelSkeleton label={t("loading")} />
      )}
    </WriteDrawer>
  );
}
