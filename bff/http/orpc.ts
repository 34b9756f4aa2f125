import { OpenAPIHandler } from "@orpc/openapi/node";
import { StandardOpenAPIMatcher } from "@orpc/openapi/standard";
import { CompressionPlugin, RPCHandler } from "@orpc/server/node";
import { ORPCError } from "@orpc/server";
import {
  StandardRPCMatcher,
  type StandardHandleResult,
  type StandardHandlerInterceptorOptions,
  type StandardMatcher,
} from "@orpc/server/standard";
import type { Request, RequestHandler, Response } from "express";
import { z } from "zod";
import type { RequestContext } from "../api/request-context.ts";
import { asAttachment, inParts } from "./attachment.ts";
import { ADDRESS_HEADER } from "../auth/better-auth.ts";
import type { Deps } from "../api/deps.ts";
import { eventEncoder, eventStream, type EncodeEvent } from "./event-stream.ts";
import { bodyReader, type BodyReader } from "./middleware/body.ts";
import { requestIdOf } from "./middleware/send-problem.ts";
import { issuesIn, Problem, toApiError } from "../base/problem.ts";
import { createRouter } from "./router.ts";

interface ApiContext extends RequestContext {
  answering(row: readonly string[]): void;
  /** Reads the body, in which rows that take a file may have more. */
  readBody(forFile: boolean): Promise<void>;
  /** What the row streams; an object of its own, since contexts are copied on their way. */
  streamed: { events?: AsyncGenerator<object, void>; parts?: AsyncGenerator<string | Uint8Array, void> };
}

function requestHeaders(req: Request): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(req.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(", ") : value);
  }
  headers.set(ADDRESS_HEADER, req.ip ?? "");
  return headers;
}

function contextOf(deps: Deps, readBody: BodyReader, req: Request, res: Response): ApiContext {
  const requestId = requestIdOf(req);
  const streamed: ApiContext["streamed"] = {};
  return {
    requestId,
    log: req.log,
    headers: requestHeaders(req),
    address: req.ip ?? "",
    auth: deps.auth,
    audit: deps.audit,
    sendCookies(headers) {
      for (const cookie of headers.getSetCookie()) {
        // A trusted proxy may say that the browser came by https where no public address is configured.
        const secure = !req.secure || /;\s*secure/i.test(cookie) ? "" : "; Secure";
        res.appendHeader("set-cookie", cookie + secure);
      }
    },
    isOf(username) {
      res.locals["user"] = username;
    },
    answering(row) {
      res.locals["row"] = row.join(".");
    },
    readBody: (forFile) => readBody(req, res, forFile),
    streamed,
    stream(events) {
      streamed.events = events;
      return events;
    },
    file(name, type, parts) {
      streamed.parts = parts;
      return new File([], name, { type });
    },
  };
}

function matching<M extends StandardMatcher>(matcher: M, router: Parameters<M["init"]>[0]): M {
  matcher.init(router);
  return matcher;
}

const isFile = (schema: unknown): boolean =>
  schema instanceof z.ZodFile || (schema instanceof z.ZodOptional && isFile(schema.unwrap()));

/** Whether a row takes a file, so that its body may be long. */
const takesFile = (input: unknown): boolean =>
  input instanceof z.ZodObject && Object.values(input.shape).some((field) => isFile(field));

/** Has the body read for the very row that will answer, whatever way its path is spelled, before anything else reads it. */
function bodyOfRow(matcher: StandardMatcher) {
  return async <T>(options: StandardHandlerInterceptorOptions<ApiContext> & { next: () => Promise<T> }): Promise<T> => {
    const { next, request, context, prefix = "" } = options;
    const pathname = request.url.pathname.replace(prefix, "").replaceAll(/^\/|\/$/g, "");
    const found = await matcher.match(request.method, `/${pathname}`);
    if (found !== undefined && request.method !== "GET") {
      await context.readBody(takesFile(found.procedure["~orpc"].inputSchema));
    }
    return next();
  };
}

/** Sends what a row streams past the serializer, which would put each event into words for each of its readers. */
function sharedEvents(encode: EncodeEvent) {
  return async ({ next, context }: { next: () => Promise<StandardHandleResult>; context: ApiContext }) => {
    const result = await next();
    const { events } = context.streamed;
    if (!result.matched || events === undefined) return result;
    const headers = { ...result.response.headers, "content-type": "text/event-stream" };
    const toProblem = (error: unknown) =>
      toApiError(error, context.requestId, (err) => context.log.error({ err }, "unexpected")).toJSON();
    return { ...result, response: { ...result.response, headers, body: eventStream(events, encode, toProblem) } };
  };
}

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
  const readBody = bodyReader();
  const options = {
    plugins: [new CompressionPlugin<ApiContext>()],
    clientInterceptors: [
      async ({
        next,
        context,
        path,
        signal,
      }: {
        next: () => Promise<unknown>;
        context: ApiContext;
        path: readonly string[];
        signal?: AbortSignal | undefined;
      }) => {
        context.answering(path);
        try {
          return await next();
        } catch (error) {
          throw toApiError(error, context.requestId, (err) => {
            // Who left waits for no answer, and what ended the work for them is no fault.
            const callerLeft = signal?.aborted === true && err === signal.reason;
            context.log[callerLeft ? "debug" : "error"](
              { err, row: path.join("."), issues: issuesIn(err) },
              callerLeft ? "left" : "unexpected",
            );
          });
        }
      },
    ],
    interceptors: [
      // What fails before a handler is called: a body that is too large or cannot be read.
      async <T>({ next, context }: { next: () => Promise<T>; context: ApiContext }) => {
        try {
          return await next();
        } catch (error) {
          const isKnown = error instanceof ORPCError || error instanceof Problem;
          const known = isKnown ? error : new ORPCError("BAD_REQUEST", { cause: error });
          throw known.data === undefined || known instanceof Problem
            ? toApiError(known, context.requestId, () => undefined)
            : known;
        }
      },
    ],
  };
  const rpc = new RPCHandler<ApiContext>(router, {
    ...options,
    interceptors: [
      inParts,
      sharedEvents(eventEncoder((event) => ({ json: event }))),
      ...options.interceptors,
      bodyOfRow(matching(new StandardRPCMatcher(), router)),
    ],
  });
  const rest = new OpenAPIHandler<ApiContext>(router, {
    ...options,
    interceptors: [
      inParts,
      asAttachment,
      sharedEvents(eventEncoder((event) => event)),
      ...options.interceptors,
      bodyOfRow(matching(new StandardOpenAPIMatcher(), router)),
    ],
  });
  return {
    rpc: middleware("/api/rpc", async (req, res, prefix) =>
      // oRPC takes a call by any method but GET as one by POST.
      req.method === "GET" || req.method === "POST"
        ? rpc.handle(req, res, { prefix, context: contextOf(deps, readBody, req, res) })
        : { matched: false },
    ),
    rest: middleware("/api", (req, res, prefix) =>
      rest.handle(req, res, { prefix, context: contextOf(deps, readBody, req, res) }),
    ),
  };
}
