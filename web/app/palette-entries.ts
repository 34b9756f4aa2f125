import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { DLQ_PREFIX, RETRY_PREFIX } from "#contract/rules/names.ts";
import { api } from "../lib/api.ts";
import { languages, setLanguage, useLanguage, useT } from "../lib/i18n.ts";
import { includesName } from "../lib/includes-name.ts";
import { useAppearance } from "./appearance.tsx";
import { useInstanceId, useNavItems } from "./nav.ts";

export interface PaletteEntry {
  id: string;
  title: string;
  /** What it is: a page, a topic, an action. */
  kind: string;
  mono?: boolean;
  run: () => void;
}

interface Palette {
  entries: PaletteEntry[];
  searching: boolean;
  /** Somebody did not answer, so that there may be more topics or groups. */
  unread: boolean;
}

/** Both kinds of message id: 32 hex digits (offset or unique id over IPv4), 40 and more over IPv6. */
const messageId = /^[0-9A-Fa-f]{32,60}$/;

/** What the palette offers for what was typed, best first. */
export function usePaletteEntries(typed: string): Palette {
  const instanceId = useInstanceId();
  const places = usePlaces(typed);
  const found = useFound(typed, instanceId);
  return { ...found, entries: [...found.entries, ...places] };
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
  return [...pages, ...actions].filter((entry) => includesName(entry.title, typed));
}

function useFound(typed: string, instanceId: string | undefined): Palette {
  const t = useT();
  const navigate = useNavigate();
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
  if (!some) return { entries: [], searching: false, unread: false };
  const base = `/instances/${encodeURIComponent(instanceId ?? "")}`;
  const named = (what: "topic" | "group", name: string): PaletteEntry => ({
    id: `${what}-${name}`,
    title: name,
    kind: t(`palette.${what}`),
    mono: true,
    run: () => void navigate({ to: `${base}/${what}s/${encodeURIComponent(name)}`, search: {} }),
  });
  // What was found for the letters before is no answer to those typed now.
  const fits = (name: string) => includesName(name, typed);
  const topicsFound = inside ? (topics.data ?? []).filter(fits) : [];
  // Whoever types the name of a group means the group, and not its retry topic.
  const isForGroup = (name: string) => name.startsWith(RETRY_PREFIX) || name.startsWith(DLQ_PREFIX);
  const [madeForGroups, madeByPeople] = [topicsFound.filter(isForGroup), topicsFound.filter((one) => !isForGroup(one))];
  const entries: PaletteEntry[] = [
    ...(inside && messageId.test(typed)
      ? [
          {
            id: `message-${typed}`,
            title: typed,
            kind: t("palette.message"),
            mono: true,
            run: () => void navigate({ href: `${base}/messages?tab=id&id=${typed}` }),
          },
        ]
      : []),
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
