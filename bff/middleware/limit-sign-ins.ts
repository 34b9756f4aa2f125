import type { Request, Response } from "express";
import { rateLimit } from "express-rate-limit";
import { Problem } from "../problem.ts";

/** Attempts to sign in from one address within a minute, whatever the usernames. */
const SIGN_INS_A_MINUTE = 30;
const WINDOW_S = 60;

/** Counts an attempt to sign in; throws LOCKED_OUT when the address made too many. Asked by the row, so that no spelling of its path passes by. */
export function limitSignIns(): (req: Request, res: Response) => Promise<void> {
  const limit = rateLimit({
    windowMs: WINDOW_S * 1000,
    limit: SIGN_INS_A_MINUTE,
    standardHeaders: false,
    legacyHeaders: false,
    // A proxy that is not trusted is a choice of configuration: its clients share one address.
    validate: { xForwardedForHeader: false },
    handler: (_req, _res, next) => next(new Problem("LOCKED_OUT", { params: { seconds: WINDOW_S } })),
  });
  return (req, res) =>
    new Promise((resolve, reject) => {
      const next = (error?: unknown) => (error === undefined ? resolve() : reject(error));
      Promise.resolve(limit(req, res, next)).catch(reject);
    });
}
