import { randomUUID } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { RequestHandler } from "express";
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

/** Gives every request an id of its own, and logs its end: no other headers, no query, no body. */
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
    wrapSerializers: false,
    serializers: {
      req: (req: { id: unknown; method?: string; url?: string; headers?: IncomingHttpHeaders }) => ({
        id: req.id,
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
