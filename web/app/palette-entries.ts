import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { api } from "../lib/api.ts";
import { languages, setLanguage, useLanguage, useT } from "../lib/i18n.ts";
import { includesName } from "../lib/includes-name.ts";
import { recentOf } from "../lib/recent.ts";
import { useUser } from "../lib/session.ts";
import { visible } from "../lib/visible.ts";
import { useAppearance } from "./appearance.tsx";
import { useInstanceId, useNavItems } from "./nav.ts";
import { isForGroup, lookUpsOf, offersOf } from "./palette-offers.ts";

export interface PaletteEntry {
  id: string;
  title: string;
  /** What it is: a page, a topic, an action. */
  kind: string;
  run: () => void;
}

interface Palette {
  entries: PaletteEntry[];
  searching: boolean;
  /** Somebody did not answer, so that there may be more topics or groups. */
  unread: boolean;
}

/** What the palette offers for what was typed, best first; before that what was last opened. */
export function usePaletteEntries(typed: string): Palette {
  const instanceId = useInstanceId();
  const places = usePlaces(typed);
  const offers = useOffers(typed);
  const found = useFound(typed, instanceId);
  const { byId, byKey } = useLookUps(typed);
  // Any word may be a key: what has it in its name is meant first, and is not there before it is found.
  const asKey = found.searching ? [] : byKey;
  return { ...found, entries: [...byId, ...found.entries, ...offers, ...places, ...asKey] };
}

/** Whether a title has all words that were typed, in whatever order. */
const fitsTitle = (title: string, typed: string): boolean =>
  typed.split(/\s+/).every((word) => includesName(title, word));

/** The instance and the thing in it whose page is open, from the URL. */
const useInView = () =>
  useParams({
    strict: false,
    select: (params) => ({
      instanceId: "instanceId" in params ? params.instanceId : undefined,
      topic: "topic" in params ? params.topic : undefined,
      group: "group" in params ? params.group : undefined,
    }),
  });

/** What can be done, with what is in view or else by oneself. */
function useOffers(typed: string): PaletteEntry[] {
  const t = useT();
  const navigate = useNavigate();
  const inView = useInView();
  const actions = useUser()?.actions ?? [];
  return offersOf(inView, (action) => actions.includes(action))
    .map(({ key, name, to, search }) => ({
      id: `do-${key}`,
      title: t(`palette.do.${key}`, { name }),
      kind: t("palette.action"),
      run: () => void navigate({ to, search }),
    }))
    .filter(({ title }) => fitsTitle(title, typed));
}

/** The messages that have what was typed as their id or key. */
function useLookUps(typed: string): { byId: PaletteEntry[]; byKey: PaletteEntry[] } {
  const t = useT();
  const navigate = useNavigate();
  const inView = useInView();
  const actions = useUser()?.actions ?? [];
  const { byId, byKey } = lookUpsOf(inView, typed, (action) => actions.includes(action));
  const entry = ({ key, name = "", to, search }: (typeof byId)[number]): PaletteEntry => ({
    id: `look-${key}`,
    title: t(`palette.look.${key}`, { name: visible(name), topic: search["topic"] ?? "" }),
    kind: t(key.endsWith("Id") ? "palette.message" : "palette.key"),
    run: () => void navigate({ to, search }),
  });
  return { byId: byId.map(entry), byKey: byKey.map(entry) };
}

function usePlaces(typed: string): PaletteEntry[] {
  const t = useT();
  const navigate = useNavigate();
  const { inside, outside } = useNavItems(useInstanceId());
  const language = useLanguage();
  const { mode, choose, density, chooseDensity } = useAppearance();
  const pages = [...inside, ...outside].map((item) => ({
    id: `page-${item.key}`,
    title: t(`nav.${item.key}`),
    kind: t("palette.page"),
    run: () => void navigate({ to: item.href, search: {} }),
  }));
  const other = languages.find((one) => one !== language) ?? language;
  const actions = [
    {
      id: "theme",
      title: t(mode === "dark" ? "palette.light" : "palette.dark"),
      kind: t("palette.action"),
      run: () => choose(mode === "dark" ? "light" : "dark"),
    },
    {
      id: "density",
      title: t(density === "dense" ? "palette.comfortable" : "palette.dense"),
      kind: t("palette.action"),
      run: () => chooseDensity(density === "dense" ? "comfortable" : "dense"),
    },
    {
      id: "language",
      title: t("palette.otherLanguage"),
      kind: t("palette.action"),
      run: () => void setLanguage(other),
    },
  ];
  return [...pages, ...actions].filter(({ title }) => fitsTitle(title, typed));
}

function useFound(typed: string, instanceId: string | undefined): Palette {
  const t = useT();
  const navigate = useNavigate();
  const inView = useInView();
  const some = typed.length > 0;
  const inside = some && instanceId !== undefined;
  const names = {
    input: { instanceId: instanceId ?? "", search: typed, limit: 5 },
    enabled: inside,
    placeholderData: keepPreviousData,
  };
  const instances = useQuery(
    api.instance.list.queryOptions({
      input: { search: typed, pageSize: 5 },
      enabled: some,
      placeholderData: keepPreviousData,
    }),
  );
  const topics = useQuery(api.topic.suggest.queryOptions(names));
  const groups = useQuery(api.group.suggest.queryOptions(names));
  const base = `/instances/${encodeURIComponent(instanceId ?? "")}`;
  const named = (what: "topic" | "group", name: string): PaletteEntry => ({
    id: `${what}-${name}`,
    title: visible(name),
    kind: t(`palette.${what}`),
    run: () => void navigate({ to: `${base}/${what}s/${encodeURIComponent(name)}`, search: {} }),
  });
  if (!some) {
    const recent = instanceId === undefined ? [] : recentOf(instanceId);
    const elsewhere = recent.filter(({ kind, name }) => inView[kind] !== name);
    return { entries: elsewhere.map(({ kind, name }) => named(kind, name)), searching: false, unread: false };
  }
  // What was found for the letters before is no answer to those typed now.
  const fits = (name: string) => includesName(name, typed);
  const topicsFound = inside ? (topics.data ?? []).filter(fits) : [];
  // Whoever types the name of a group means the group, and not its retry topic.
  const [madeForGroups, madeByPeople] = [topicsFound.filter(isForGroup), topicsFound.filter((one) => !isForGroup(one))];
  const entries: PaletteEntry[] = [
    ...madeByPeople.map((name) => named("topic", name)),
    ...(inside ? (groups.data?.names ?? []).filter(fits).map((name) => named("group", name)) : []),
    ...madeForGroups.map((name) => named("topic", name)),
    ...(instances.data?.items ?? [])
      .filter(({ id, name }) => fits(name) || fits(id))
      .map(({ id, name }) => ({
        id: `instance-${id}`,
        title: name,
        kind: t("palette.instance"),
        run: () => void navigate({ to: `/instances/${encodeURIComponent(id)}`, search: {} }),
      })),
  ];
  return {
    entries,
    searching: instances.isFetching || topics.isFetching || groups.isFetching,
    unread: topics.isError || groups.isError || (groups.data?.failures.length ?? 0) > 0,
  };
}
