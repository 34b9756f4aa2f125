import { isIP } from "node:net";
import type { RequestHandler } from "express";
import type { Config } from "../../base/config.ts";

const nameOf = (host: string) =>
  host
    .toLowerCase()
    .replace(/\.$/, "")
    .replace(/^\[(.*)\]$/, "$1");

const isLocal = (name: string) => /^(.+\.)?localhost$/.test(name);
const isLoopback = (name: string) => isLocal(name) || name === "::1" || (isIP(name) === 4 && name.startsWith("127."));

/**
 * Answers only under names that are the console's own, since a page of a stranger may have its own name resolve to this address.
 * With a public address that is its name; without one, on loopback, names of this machine and addresses.
 * Where a console without a public address is bound to more, people reach it by names that it cannot know.
 */
export function refuseForeignHosts({ publicUrl, host }: Pick<Config, "publicUrl" | "host">): RequestHandler {
  const own = nameOf(host);
  const open = publicUrl === undefined && !isLoopback(own);
  const isOwn = (name: string) =>
    publicUrl === undefined
      ? open || isIP(name) !== 0 || isLocal(name) || name === own
      : name === nameOf(new URL(publicUrl).hostname);
  const why =
    publicUrl === undefined
      ? "This console listens on loopback and does not answer under this host name. Open it by its address, or set ROCKETDECK_PUBLIC_URL to the address that people open."
      : `This console does not answer under this host name. Open it at ${publicUrl} (ROCKETDECK_PUBLIC_URL); a proxy before it has to pass on the Host that it was asked for.`;
  return (req, res, next) => {
    if (isOwn(nameOf(req.hostname ?? ""))) return next();
    res.status(421).type("text/plain").send(`${why}\n`);
  };
}
