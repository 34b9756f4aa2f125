import { randomUUID } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { RequestHandler, Response } from "express";
import type { Logger } from "pino";
import { pinoHttp } from "pino-http";
import type { Telemetry } from "../../base/telemetry.ts";

const CLIENT_ID = /^[\w.-]{8,64}$/;
const quiet = new Set(["/healthz", "/readyz", "/metrics"]);

/** What the caller or a proxy calls the request: anybody may send it, so it is logged beside the id and never is it. */
function clientIdOf(headers: IncomingHttpHeaders | undefined): string | undefined {
  const given = headers?.["x-request-id"];
  return typeof given === "string" && CLIENT_ID.test(given) ? given : undefined;
}

const textOf = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

/** Gives every request an id of its own, and logs its end with who asked what from where: no other headers, no query, no body. */
export function logRequests(log: Logger): RequestHandler {
  return pinoHttp({
    logger: log,
    genReqId(_req, res) {
      const id = randomUUID();
      res.setHeader("x-request-id", id);
      return id;
    },
    customLogLevel(req, res, error) {
      if (error !== undefined || res.statusCode >= 500) return "error";
      const path = pathOf(req.url);
      return quiet.has(path) || !path.startsWith("/api") ? "debug" : "info";
    },
    customProps: (_req, res) => {
      const { locals } = res as Response;
      return { user: textOf(locals["user"]), row: textOf(locals["row"]) };
    },
    wrapSerializers: false,
    serializers: {
      req: (req: { id: unknown; ip?: string; method?: string; url?: string; headers?: IncomingHttpHeaders }) => ({
        id: req.id,
        address: req.ip,
        clientRequestId: clientIdOf(req.headers),
        method: req.method,
        path: pathOf(req.url),
      }),
      res: (res: { statusCode: number }) => ({ status: res.statusCode }),
    },
  });
}

function pathOf(url: string | undefined): string {
  return (url ?? "").split("?", 1)[0] ?? "";
}

/** Measures answers by row of the API; streams last as long as people look and are left out. */
export function measureRequests(telemetry: Telemetry): RequestHandler {
  return (req, res, next) => {
    const end = telemetry.http.startTimer();
    res.once("finish", () => {
      if (String(res.getHeader("content-type")).startsWith("text/event-stream")) return;
      const route = typeof res.locals["row"] === "string" ? res.locals["row"] : "other";
      end({ method: req.method, route, status: String(res.statusCode) });
    });
    next();
  };
}
