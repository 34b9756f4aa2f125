import { OpenAPIHandler } from "@orpc/openapi/node";
import { BodyLimitPlugin, CompressionPlugin, RPCHandler } from "@orpc/server/node";
import { ORPCError } from "@orpc/server";
import type { Request, RequestHandler, Response } from "express";
import type { RequestContext } from "./api.ts";
import { asAttachment } from "./attachment.ts";
import { ADDRESS_HEADER } from "./auth/better-auth.ts";
import type { Deps } from "./deps.ts";
import { BODY_MAX } from "./middleware/body.ts";
import { limitSignIns } from "./middleware/limit-sign-ins.ts";
import { requestIdOf } from "./middleware/send-problem.ts";
import { toApiError } from "./problem.ts";
import { createRouter } from "./router.ts";

interface ApiContext extends RequestContext {
  answering(row: readonly string[]): void;
}

function requestHeaders(req: Request): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(req.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(", ") : value);
  }
  headers.set(ADDRESS_HEADER, req.ip ?? "");
  return headers;
}

function contextOf(deps: Deps, countSignIn: SignInCounter, req: Request, res: Response): ApiContext {
  const requestId = requestIdOf(req);
  return {
    requestId,
    log: req.log,
    headers: requestHeaders(req),
    address: req.ip ?? "",
    auth: deps.auth,
    sendCookies(headers) {
      for (const cookie of headers.getSetCookie()) {
        // A trusted proxy may say that the browser came by https where no public address is configured.
        const secure = !req.secure || /;\s*secure/i.test(cookie) ? "" : "; Secure";
        res.appendHeader("set-cookie", cookie + secure);
      }
    },
    countSignIn: () => countSignIn(req, res),
    answering(row) {
      res.locals["row"] = row.join(".");
    },
  };
}

type SignInCounter = ReturnType<typeof limitSignIns>;
type Handled = (req: Request, res: Response, prefix: `/${string}`) => Promise<{ matched: boolean }>;

function middleware(prefix: `/${string}`, handle: Handled): RequestHandler {
  return async (req, res, next) => {
    // oRPC reads the whole path, of which Express took the mounting prefix away.
    req.url = req.originalUrl;
    const { matched } = await handle(req, res, prefix);
    if (!matched) next();
  };
}

/** The API twice over: as oRPC for the console's own pages, as REST for everything else. */
export function createApi(deps: Deps): { rpc: RequestHandler; rest: RequestHandler } {
  const router = createRouter(deps);
  const countSignIn = limitSignIns();
  const options = {
    plugins: [new BodyLimitPlugin<ApiContext>({ maxBodySize: BODY_MAX }), new CompressionPlugin<ApiContext>()],
    clientInterceptors: [
      async ({
        next,
        context,
        path,
      }: {
        next: () => Promise<unknown>;
        context: ApiContext;
        path: readonly string[];
      }) => {
        context.answering(path);
        try {
          return await next();
        } catch (error) {
          throw toApiError(error, context.requestId, (err) =>
            context.log.error({ err, row: path.join(".") }, "unexpected"),
          );
        }
      },
    ],
    interceptors: [
      // What fails before a handler is called: a body that is too large or cannot be read.
      async <T>({ next, context }: { next: () => Promise<T>; context: ApiContext }) => {
        try {
          return await next();
        } catch (error) {
          const known = error instanceof ORPCError ? error : new ORPCError("BAD_REQUEST", { cause: error });
          throw known.data === undefined ? toApiError(known, context.requestId, () => undefined) : known;
        }
      },
    ],
  };
  const rpc = new RPCHandler<ApiContext>(router, options);
  const rest = new OpenAPIHandler<ApiContext>(router, {
    ...options,
    interceptors: [asAttachment, ...options.interceptors],
  });
  return {
    rpc: middleware("/api/rpc", async (req, res, prefix) =>
      // oRPC takes a call by any method but GET as one by POST.
      req.method === "GET" || req.method === "POST"
        ? rpc.handle(req, res, { prefix, context: contextOf(deps, countSignIn, req, res) })
        : { matched: false },
    ),
    rest: middleware("/api", (req, res, prefix) =>
      rest.handle(req, res, { prefix, context: contextOf(deps, countSignIn, req, res) }),
    ),
  };
}
