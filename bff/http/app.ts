import express, {
  type ErrorRequestHandler,
  type Express,
  type Request,
  type RequestHandler,
  type Response,
} from "express";
import helmet from "helmet";
import { timingSafeEqual, createHash } from "node:crypto";
import type { Action } from "#contract/action.ts";
import type { ProblemCode } from "#contract/problem.ts";
import type { CurrentUser } from "#contract/session.ts";
import type { Config } from "../base/config.ts";
import type { Deps } from "../api/deps.ts";
import { limitBodies, limitOpenBodies } from "./middleware/body.ts";
import { refuseForeignHosts } from "./middleware/host.ts";
import { logRequests, measureRequests } from "./middleware/log-requests.ts";
import { refuseForeignOrigins } from "./middleware/origin.ts";
import { requestIdOf, sendProblem } from "./middleware/send-problem.ts";
import { staticFiles } from "./middleware/static-files.ts";
import { createApi } from "./orpc.ts";

function securityHeaders(config: Config): RequestHandler {
  const https = config.publicUrl?.startsWith("https:") ?? false;
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        "default-src": ["'self'"],
        "script-src": ["'self'"],
        // antd writes its styles into the page at run time.
        "style-src": ["'self'", "'unsafe-inline'"],
        "img-src": ["'self'", "data:", "blob:"],
        "font-src": ["'self'", "data:"],
        "connect-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
      },
    },
    xFrameOptions: { action: "deny" },
    strictTransportSecurity: https,
    crossOriginOpenerPolicy: https,
    originAgentCluster: https,
  });
}

/** What pages of the console never use; copying to the clipboard they do. */
const UNUSED = ["camera", "microphone", "geolocation", "payment", "usb", "serial", "hid", "midi"];

const permissions: RequestHandler = (_req, res, next) => {
  res.set("Permissions-Policy", UNUSED.map((feature) => `${feature}=()`).join(", "));
  next();
};

function sameText(a: string, b: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

const whoSends = ({ auth }: Deps, req: Request) => auth.find(new Headers({ cookie: req.get("cookie") ?? "" }));

/** Keeps that a request was refused before it came to a row. */
async function auditRefusal({ audit }: Deps, req: Request, outcome: ProblemCode, user?: CurrentUser): Promise<void> {
  const subject = { path: `${req.baseUrl}${req.path}`.slice(0, 255) };
  const who = { who: user?.username ?? "", userId: user?.id, address: req.ip, requestId: requestIdOf(req) };
  try {
    await audit.refused({ ...who, row: "http", subject, outcome });
  } catch (err) {
    req.log.error({ err }, "a refusal is not audited");
  }
}

/** For somebody who may do this anywhere, or who has the token. */
function onlyFor(deps: Deps, action: Action, token?: string): RequestHandler {
  return async (req, res, next) => {
    const bearer = req.get("authorization")?.match(/^Bearer (.+)$/)?.[1];
    if (token !== undefined && bearer !== undefined && sameText(bearer, token)) return next();
    const user = (await whoSends(deps, req))?.user;
    if (user === undefined || user.mustChangePassword) return sendProblem(req, res, "UNAUTHORIZED");
    if (deps.auth.may(user, action, { kind: "console" })) return next();
    await auditRefusal(deps, req, "FORBIDDEN", user);
    sendProblem(req, res, "FORBIDDEN", { params: { action } });
  };
}

/** The specification takes time and code to make, so it is made when somebody asks. */
function documents(cookie: string): { json: RequestHandler; page: RequestHandler } {
  const load = async () => {
    const openapi = await import("./openapi.ts");
    return { openapi, spec: await openapi.generateSpec(cookie) };
  };
  let loaded: ReturnType<typeof load> | undefined;
  return {
    async json(_req: Request, res: Response) {
      res.json((await (loaded ??= load())).spec);
    },
    async page(_req: Request, res: Response) {
      const { openapi, spec } = await (loaded ??= load());
      res.type("html").send(openapi.specPage(spec));
    },
  };
}

function errorHandler(): ErrorRequestHandler {
  return (error: unknown, req, res, next) => {
    req.log.error({ err: error }, "unexpected");
    if (res.headersSent) return next(error);
    sendProblem(req, res, "INTERNAL_SERVER_ERROR");
  };
}

/** The whole server but its listening: health, API, pages. `ready` tells whether it takes work. */
export function createApp(deps: Deps, ready: () => boolean): Express {
  const { config } = deps;
  const api = createApi(deps);
  const docs = documents(deps.auth.cookie);
  const app = express();
  app.disable("x-powered-by");
  app.set("etag", false);
  app.set("trust proxy", config.trustProxy.length > 0 ? config.trustProxy : false);
  app.use(logRequests(deps.log), measureRequests(deps.telemetry), securityHeaders(config), permissions);
  app.get("/healthz", (_req, res) => void res.json({ status: "ok" }));
  app.get("/readyz", async (_req, res) => {
    const reason = ready() ? await deps.health.fault() : "the console is stopping";
    if (reason === undefined) return void res.json({ status: "ready" });
    res.status(503).json({ status: "not ready", reason });
  });
  app.get("/metrics", onlyFor(deps, "instance:read", config.metricsToken), async (_req, res) => {
    res.type(deps.telemetry.registry.contentType).send(await deps.telemetry.registry.metrics());
  });
  // What stands above is for machines that ask by whatever name they know: it tells them no more than it tells a stranger.
  app.use(refuseForeignHosts(config));
  app.use("/api", (_req, res, next) => {
    // The second keeps proxies from holding streams back.
    res.set({ "Cache-Control": "no-store", "X-Accel-Buffering": "no" });
    next();
  });
  const isKnown = async (req: Request) => (await whoSends(deps, req)) !== null;
  const foreign = refuseForeignOrigins(config, (req, code) => auditRefusal(deps, req, code));
  app.use("/api", foreign, limitBodies, limitOpenBodies(isKnown));
  app.get("/api/openapi.json", onlyFor(deps, "self"), docs.json);
  app.get("/api/docs", onlyFor(deps, "self"), docs.page);
  app.use("/api/rpc", api.rpc);
  app.use("/api", api.rest, (req, res) => sendProblem(req, res, "NOT_FOUND"));
  app.use(staticFiles(config.webDir), (req, res) => sendProblem(req, res, "NOT_FOUND"));
  app.use(errorHandler());
  return app;
}
