import { parseSearchWith, stringifySearchWith, useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";

/** What a URL holds are words and figures, taken as they stand: a long keeps all of its digits, and no figure is quoted. */
export const parseSearch = parseSearchWith((value) => value);
export const stringifySearch = stringifySearchWith(JSON.stringify);

/** Reads one value of the URL; anything unusable is left out, so that a broken link still opens. */
export type Field<T> = (raw: unknown) => T | undefined;

export const text: Field<string> = (raw) => {
  if (typeof raw === "string") return raw.trim() === "" ? undefined : raw;
  return typeof raw === "number" || typeof raw === "boolean" ? String(raw) : undefined;
};

export const integer: Field<number> = (raw) => {
  const n = Number(raw);
  return raw !== undefined && raw !== "" && Number.isSafeInteger(n) ? n : undefined;
};

export const flag: Field<boolean> = (raw) => (raw === true || raw === "true" || raw === 1 ? true : undefined);

export const oneOf =
  <const T extends string>(...values: T[]): Field<T> =>
  (raw) =>
    values.find((value) => value === raw);

type Fields = Record<string, Field<unknown>>;
type Values<F extends Fields> = { [K in keyof F]?: Exclude<ReturnType<F[K]>, undefined> };
type RawSearch = Record<string, unknown>;

/** View state of a list as the URL has it; `page` counts from 1, `refresh` is the auto-refresh in seconds. */
export interface ListSearch {
  search?: string;
  page?: number;
  pageSize?: number;
  sort?: string;
  order?: "asc" | "desc";
  refresh?: number;
}

const listFields = {
  search: text,
  page: integer,
  pageSize: integer,
  sort: text,
  order: oneOf("asc", "desc"),
  refresh: integer,
};

/** `validateSearch` of a page with the given values in its URL. */
export function searchOf<const F extends Fields>(fields: F): (raw: RawSearch) => Values<F> {
  return (raw) => {
    const out: RawSearch = {};
    for (const [key, read] of Object.entries(fields)) {
      const value = read(raw[key]);
      if (value !== undefined) out[key] = value;
    }
    return out as Values<F>;
  };
}

/** `validateSearch` of a page with a list: the list's own state and the given filters, which may say what can be sorted by. */
export const listSearchOf = <const F extends Fields>(fields: F): ((raw: RawSearch) => ListSearchOf<F>) =>
  searchOf({ ...listFields, ...fields }) as (raw: RawSearch) => ListSearchOf<F>;

type ListSearchOf<F extends Fields> = Omit<ListSearch, keyof F> & Values<F>;

/** The part of a list's state that its API row takes. */
export function listInput(
  search: ListSearch,
  defaults: { pageSize?: number; sort?: string; order?: "asc" | "desc" } = {},
) {
  return {
    search: search.search,
    page: search.page ?? 1,
    pageSize: search.pageSize ?? defaults.pageSize ?? 20,
    sort: search.sort ?? defaults.sort,
    order: search.order ?? (search.sort ? undefined : defaults.order),
  };
}

export type Patch<S> = (patch: Partial<S>, options?: { replace?: boolean }) => void;

/**
 * View state of the page, kept in the URL: `const [search, patch] = useUrlState(topicListSearch)`.
 * A value set to undefined leaves the URL; each change is a step that Back undoes, unless `replace`.
 */
export function useUrlState<S extends object>(read: (raw: RawSearch) => S): [S, Patch<S>] {
  const raw = useSearch({ strict: false });
  const navigate = useNavigate();
  const state = useMemo(() => read({ ...raw }), [raw, read]);
  const patch = useCallback<Patch<S>>(
    (changes, options) => {
      void navigate({
        to: ".",
        search: (before: RawSearch) => {
          const next: RawSearch = { ...before, ...changes };
          return Object.fromEntries(Object.entries(next).filter(([, value]) => value !== undefined && value !== ""));
        },
        replace: options?.replace ?? false,
        resetScroll: false,
      });
    },
    [navigate],
  );
  return [state, patch];
}
