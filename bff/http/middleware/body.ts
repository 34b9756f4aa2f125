import type { Request, RequestHandler, Response } from "express";
import { UPLOAD_MAX } from "#contract/rules/limits.ts";
import { Problem } from "../../base/problem.ts";
import { sendProblem } from "./send-problem.ts";

/** Of a row that takes no file. */
export const JSON_MAX = 1024 * 1024;

/** A multipart body is somewhat longer than the file in it. */
export const BODY_MAX = UPLOAD_MAX + 64 * 1024;

/** Bodies above JSON_MAX that are in memory at once. */
export const UPLOADS_AT_ONCE = 4;

/** Most bytes from somebody who is not signed in, who has no more to say than a name and a password. */
const OPEN_BODY_MAX = 16 * 1024;

/** Browsers tell of an answer only once they have sent everything, so of what is too long this much is still taken and dropped. */
const DROPPED_MAX = BODY_MAX;
const OPEN_DROPPED_MAX = 1024 * 1024;

const acceptable = /^(application\/([\w.-]+\+)?json|multipart\/form-data)\s*(;|$)/i;

/** Takes JSON and uploads only: a plain HTML form of any page could send the other types. */
export const limitBodies: RequestHandler = (req, res, next) => {
  const type = req.get("content-type");
  if (type !== undefined && !acceptable.test(type)) {
    return sendProblem(req, res, "BAD_REQUEST", { issues: [{ path: "", message: "contentType" }] });
  }
  if (Number(req.get("content-length") ?? 0) > BODY_MAX + DROPPED_MAX) {
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
    if (length > OPEN_DROPPED_MAX) res.set("connection", "close");
    sendProblem(req, res, "UNAUTHORIZED");
  };
}

/** The bytes of a body, or undefined when there are more than `max`, which are dropped as they come. */
async function bytesOf(req: Request, res: Response, max: number): Promise<Buffer<ArrayBuffer> | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of req.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= max) chunks.push(chunk);
    else chunks.length = 0;
    if (size <= max + DROPPED_MAX) continue;
    res.set("connection", "close");
    break;
  }
  return size <= max ? Buffer.concat(chunks) : undefined;
}

async function parsed(req: Request, bytes: Buffer<ArrayBuffer>): Promise<unknown> {
  const type = req.get("content-type") ?? "";
  if (/^multipart/i.test(type)) {
    return new Response(bytes, { headers: { "content-type": type } }).formData();
  }
  const text = bytes.toString();
  return text === "" ? undefined : JSON.parse(text);
}

/** Reads the body of a request, of which rows that take a file have more; what is read is left in `req.body`. */
export type BodyReader = (req: Request, res: Response, forFile: boolean) => Promise<void>;

export function bodyReader(): BodyReader {
  let uploads = 0;
  return async (req, res, forFile) => {
    const max = forFile ? BODY_MAX : JSON_MAX;
    const isUpload = forFile && lengthOf(req) > JSON_MAX;
    if (isUpload && uploads >= UPLOADS_AT_ONCE) {
      await bytesOf(req, res, 0);
      throw new Problem("TOO_MANY_UPLOADS", { params: { max: UPLOADS_AT_ONCE } });
    }
    if (isUpload) {
      uploads += 1;
      res.once("close", () => (uploads -= 1));
    }
    const bytes = await bytesOf(req, res, max);
    if (bytes === undefined) {
      throw new Problem("PAYLOAD_TOO_LARGE", { params: { max: forFile ? UPLOAD_MAX : JSON_MAX } });
    }
    req.body = await parsed(req, bytes);
  };
}
