import "./message.css";
import { Link, useRouter } from "@tanstack/react-router";
import { useT } from "../../lib/i18n.ts";

const pages: [key: string, path: string][] = [
  ["query", "/instances/$instanceId/messages"],
  ["scan", "/instances/$instanceId/messages/scan"],
  ["deadLetters", "/instances/$instanceId/messages/dead-letters"],
  ["trace", "/instances/$instanceId/messages/trace"],
  ["pending", "/instances/$instanceId/messages/pending"],
];

/** The pages about messages; one appears as soon as its route does. */
export function MessageNav({ instanceId }: { instanceId: string }) {
  const t = useT("message");
  const known = new Set(Object.keys(useRouter().routesByPath).map((path) => path.replace(/\/$/, "")));
  return (
    <nav className="rd-message-nav" aria-label={t("section.label")}>
      {pages
        .filter(([, path]) => known.has(path))
        .map(([key, path]) => (
          <Link key={key} to={path} params={{ instanceId }} activeOptions={{ exact: true, includeSearch: false }}>
            {t(`section.${key}`)}
          </Link>
        ))}
    </nav>
  );
}
