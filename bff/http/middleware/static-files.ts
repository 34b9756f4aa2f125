import { existsSync, readdirSync } from "node:fs";
import { extname, join, relative, sep } from "node:path";
import type { Request, RequestHandler, Response } from "express";

interface StaticFile {
  path: string;
  type: string;
  immutable: boolean;
  encodings: Map<string, string>;
}

/** Smallest first: the first one that the browser takes is sent. */
const suffixes = { br: ".br", gzip: ".gz" } as const;

function findFiles(dir: string): Map<string, StaticFile> {
  const files = new Map<string, StaticFile>();
  if (!existsSync(dir)) return files;
  const paths = readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const present = new Set(paths);
  for (const path of paths) {
    if (/\.(br|gz)$/.test(path)) continue;
    const url = `/${relative(dir, path).split(sep).join("/")}`;
    const encodings = Object.entries(suffixes).flatMap(([encoding, suffix]) =>
      present.has(path + suffix) ? [[encoding, path + suffix] as const] : [],
    );
    files.set(url, { path, type: extname(path), immutable: url.startsWith("/assets/"), encodings: new Map(encodings) });
  }
  return files;
}

/** Say something about pages alone; on fifty scripts they would only weigh. */
const documentHeaders = [
  "Content-Security-Policy",
  "Permissions-Policy",
  "Referrer-Policy",
  "X-DNS-Prefetch-Control",
  "X-Download-Options",
  "X-Frame-Options",
  "X-Permitted-Cross-Domain-Policies",
  "X-XSS-Protection",
];

function send(req: Request, res: Response, file: StaticFile): void {
  const encoding = [...file.encodings.keys()].find((name) => req.acceptsEncodings(name) === name);
  const path = encoding === undefined ? file.path : (file.encodings.get(encoding) ?? file.path);
  if (file.immutable) for (const name of documentHeaders) res.removeHeader(name);
  res.type(file.type);
  res.vary("Accept-Encoding");
  if (path !== file.path && encoding !== undefined) res.set("Content-Encoding", encoding);
  res.set("Cache-Control", file.immutable ? "public, max-age=31536000, immutable" : "no-cache");
  res.sendFile(path, { cacheControl: false, dotfiles: "allow" });
}

/** The built pages, as compressed at build; every other path is one of the app's own and gets its page. */
export function staticFiles(dir: string): RequestHandler {
  const files = findFiles(dir);
  const index = files.get("/index.html");
  return (req, res, next) => {
    if (req.method !== "GET" && req.method !== "HEAD") return next();
    const file = files.get(req.path) ?? (req.path.startsWith("/assets/") ? undefined : index);
    if (file === undefined) return next();
    send(req, res, file);
  };
}
