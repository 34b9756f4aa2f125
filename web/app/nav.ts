import { useParams, useRouter } from "@tanstack/react-router";

export interface NavItem {
  /** Key of its name in `nav` of common.json, and of its icon. */
  key: string;
  /** Route path with parameters unfilled. */
  path: string;
  href: string;
}

const outside: [key: string, path: string][] = [
  ["instances", "/instances"],
  ["recycleBin", "/recycle-bin"],
  ["jobs", "/jobs"],
];

const inside: [key: string, path: string][] = [
  ["overview", "/instances/$instanceId/overview"],
  ["topics", "/instances/$instanceId/topics"],
  ["groups", "/instances/$instanceId/groups"],
  ["producers", "/instances/$instanceId/producers"],
  ["consumers", "/instances/$instanceId/consumers"],
  ["messages", "/instances/$instanceId/messages"],
  ["dialTests", "/instances/$instanceId/dial-tests"],
];

/** The instance whose pages are open, from the URL. */
export function useInstanceId(): string | undefined {
  return useParams({ strict: false, select: (params) => ("instanceId" in params ? params.instanceId : undefined) });
}

/** Places that exist: a page appears in the navigation as soon as its route file does. */
export function useNavItems(instanceId: string | undefined): { inside: NavItem[]; outside: NavItem[] } {
  const paths = Object.keys(useRouter().routesByPath).map((path) => path.replace(/\/$/, ""));
  const known = new Set(paths);
  const items = (table: [string, string][]): NavItem[] =>
    table.flatMap(([key, path]) =>
      known.has(path) ? [{ key, path, href: path.replace("$instanceId", encodeURIComponent(instanceId ?? "")) }] : [],
    );
  return { inside: instanceId ? items(inside) : [], outside: items(outside) };
}
