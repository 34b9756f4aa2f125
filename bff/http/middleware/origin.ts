import type { Request, RequestHandler } from "express";
import type { ProblemCode } from "#contract/problem.ts";
import type { Config } from "../../base/config.ts";
import { sendProblem } from "./send-problem.ts";

const hostOf = (origin: string | undefined) =>
  origin !== undefined && URL.canParse(origin) ? new URL(origin).host : undefined;

/** Refuses writes that a page of another origin sends with the cookies of a signed-in person. */
export function refuseForeignOrigins(
  config: Pick<Config, "publicUrl" | "trustedOrigins">,
  refused: (req: Request, code: ProblemCode) => Promise<void>,
): RequestHandler {
  const trusted = new Set([config.publicUrl, ...config.trustedOrigins]);
  // Of this host the scheme is known too: a page that came without TLS may be anybody's.
  const publicHost = hostOf(config.publicUrl);
  return async (req, res, next) => {
    if (req.method === "GET") return next();
    const origin = req.get("origin");
    const host = hostOf(origin);
    const foreign =
      origin === undefined
        ? req.get("sec-fetch-site") === "cross-site"
        : !trusted.has(origin) && (host === undefined || host !== req.host || host === publicHost);
    if (!foreign) return next();
    await refused(req, "FOREIGN_ORIGIN");
    sendProblem(req, res, "FOREIGN_ORIGIN", origin === undefined ? {} : { params: { origin } });
  };
}
