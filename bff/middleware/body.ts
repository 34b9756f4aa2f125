import type { Request, RequestHandler } from "express";
import { UPLOAD_MAX } from "#contract/rules.ts";
import { sendProblem } from "./send-problem.ts";

/** A multipart body is somewhat longer than the file in it. */
export const BODY_MAX = UPLOAD_MAX + 64 * 1024;

/** Most bytes from somebody who is not signed in, who has no more to say than a name and a password. */
const OPEN_BODY_MAX = 16 * 1024;

const DROPPED_MAX = 1024 * 1024;

const acceptable = /^(application\/([\w.-]+\+)?json|multipart\/form-data|application\/octet-stream)\s*(;|$)/i;

/** Takes JSON and uploads only: a plain HTML form of any page could send the other types. */
export const limitBodies: RequestHandler = (req, res, next) => {
  const type = req.get("content-type");
  if (type !== undefined && !acceptable.test(type)) {
    return sendProblem(req, res, "BAD_REQUEST", { issues: [{ path: "", message: "contentType" }] });
  }
  if (Number(req.get("content-length") ?? 0) > BODY_MAX) {
    res.set("connection", "close");
    return sendProblem(req, res, "PAYLOAD_TOO_LARGE", { params: { max: UPLOAD_MAX } });
  }
  next();
};

const lengthOf = (req: Request) =>
  req.get("transfer-encoding") === undefined ? Number(req.get("content-length") ?? 0) : Infinity;

/** Refuses long bodies of unknown people before they are read: the memory is for those who are known. */
export function limitOpenBodies(isKnown: (req: Request) => Promise<boolean>): RequestHandler {
  return async (req, res, next) => {
    const length = lengthOf(req);
    if (length <= OPEN_BODY_MAX || (await isKnown(req))) return next();
    // Browsers tell of an answer only once they have sent everything, so what is not too long is taken and dropped.
    if (length > DROPPED_MAX) res.set("connection", "close");
    sendProblem(req, res, "UNAUTHORIZED");
  };
}
