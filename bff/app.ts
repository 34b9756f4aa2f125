import express, {
  type ErrorRequestHandler,
  type Express,
  type Request,
  type RequestHandler,
  type Response,
} from "express";
import { rateLimit } from "express-rate-limit";
import helmet from "helmet";
import { sql } from "kysely";
import { timingSafeEqual, createHash } from "node:crypto";
import type { Config } from "./config.ts";
import type { Deps } from "./deps.ts";
import { limitBodies } from "./middleware/body.ts";
import { logRequests, measureRequests } from "./middleware/log-requests.ts";
import { refuseForeignOrigins } from "./middleware/origin.ts";
import { sendProblem } from "./middleware/send-problem.ts";
import { staticFiles } from "./middleware/static-files.ts";
import { createApi } from "./rpc.ts";

/** Attempts to sign in from one address within a minute, whatever the usernames. */
const SIGN_INS_A_MINUTE = 30;

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
    strictTransportSecurity: https,
    crossOriginOpenerPolicy: https,
    originAgentCluster: https,
  });
}

function limitSignIns(): RequestHandler {
  const limit = rateLimit({
    windowMs: 60_000,
    limit: SIGN_INS_A_MINUTE,
    standardHeaders: false,
    legacyHeaders: false,
    // A proxy that is not trusted is a choice of configuration: its clients share one address.
    validate: { xForwardedForHeader: false },
    handler: (req, res) => sendProblem(req, res, "LOCKED_OUT", { params: { seconds: 60 } }),
  });
  return (req, res, next) => {
    const path = req.path.toLowerCase().replace(/\/$/, "");
    const signsIn = path === "/rpc/session/signin" || (path === "/session" && req.method === "POST");
    return signsIn ? limit(req, res, next) : next();
  };
}

function sameText(a: string, b: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

async function signedIn({ auth }: Deps, req: Request): Promise<boolean> {
  const who = await auth.find(new Headers({ cookie: req.get("cookie") ?? "" }));
  return who !== null && !who.user.mustChangePassword;
}

function onlySignedIn(deps: Deps, token?: string): RequestHandler {
  return async (req, res, next) => {
    const bearer = req.get("authorization")?.match(/^Bearer (.+)$/)?.[1];
    const known = token !== undefined && bearer !== undefined && sameText(bearer, token);
    if (known || (await signedIn(deps, req))) return next();
    sendProblem(req, res, "UNAUTHORIZED");
  };
}

/** The specification takes time and code to make, so it is made when somebody asks. */
function documents(): { json: RequestHandler; page: RequestHandler } {
  const load = async () => {
    const openapi = await import("./openapi.ts");
    return { openapi, spec: await openapi.generateSpec() };
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
  const docs = documents();
  const app = express();
  app.disable("x-powered-by");
  app.set("etag", false);
  app.set("trust proxy", config.trustProxy.length > 0 ? config.trustProxy : false);
  app.use(logRequests(deps.log), measureRequests(deps.metrics), securityHeaders(config));
  app.get("/healthz", (_req, res) => void res.json({ status: "ok" }));
  app.get("/readyz", async (_req, res) => {
    const ok =
      ready() &&
      (await sql`select 1`.execute(deps.db).then(
        () => true,
        () => false,
      ));
    res.status(ok ? 200 : 503).json({ status: ok ? "ready" : "not ready" });
  });
  app.get("/metrics", onlySignedIn(deps, config.metricsToken), async (_req, res) => {
    res.type(deps.metrics.registry.contentType).send(await deps.metrics.registry.metrics());
  });
  app.use("/api", (_req, res, next) => {
    // The second keeps proxies from holding streams back.
    res.set({ "Cache-Control": "no-store", "X-Accel-Buffering": "no" });
    next();
  });
  app.use("/api", refuseForeignOrigins(config), limitBodies, limitSignIns());
  app.get("/api/openapi.json", onlySignedIn(deps), docs.json);
  app.get("/api/docs", onlySignedIn(deps), docs.page);
  app.use("/api/rpc", api.rpc);
  app.use("/api", api.rest, (req, res) => sendProblem(req, res, "NOT_FOUND"));
  app.use(staticFiles(config.webDir), (req, res) => sendProblem(req, res, "NOT_FOUND"));
  app.use(errorHandler());
  return app;
}
