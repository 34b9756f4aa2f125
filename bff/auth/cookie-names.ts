import { createHmac } from "node:crypto";
import type { Config } from "../base/config.ts";
import type { Secrets } from "../store/secrets.ts";

/** Whether browsers come by TLS alone. */
export const isHttps = ({ publicUrl }: Pick<Config, "publicUrl">): boolean => publicUrl?.startsWith("https:") ?? false;

/**
 * What names of cookies begin with. Cookies know no port, so consoles on one host are told apart by key and store;
 * those that share a database have the same. With `__Host-` no other host of the domain, and no page without TLS, can set one.
 */
export function cookiePrefix(
  config: Pick<Config, "publicUrl" | "databaseUrl" | "dataDir">,
  secrets: Pick<Secrets, "derive">,
): string {
  const store = config.databaseUrl === undefined ? config.dataDir : new URL(config.databaseUrl).pathname;
  const id = createHmac("sha256", secrets.derive("cookie names")).update(store).digest("hex").slice(0, 8);
  return `${isHttps(config) ? "__Host-" : ""}rocketdeck-${id}`;
}
