import { createHash } from "node:crypto";
import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root, run } from "./steps.mjs";

const SOURCES = ["bff", "contract", "public", "web"];
const FILES = [
  "LICENSE",
  "scripts/lib/licences.ts",
  "index.html",
  "package-lock.json",
  "tsconfig.json",
  "vite.config.ts",
  "vite.bff.config.ts",
];
const STAMP = join(root, "dist/.sources");

function sourcesHash() {
  const hash = createHash("sha256").update(process.versions.node);
  const folders = SOURCES.filter((folder) => existsSync(join(root, folder)));
  const listed = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !/\.test\.tsx?$|\.gen\.ts$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name)),
  );
  const files = FILES.map((file) => join(root, file)).filter((file) => existsSync(file));
  const sorted = [...listed, ...files].toSorted((a, b) => (a < b ? -1 : 1));
  for (const file of sorted) hash.update(file.slice(root.length)).update(readFileSync(file));
  return hash.digest("hex");
}

const vite = (...args) => run(process.execPath, [join(root, "node_modules/vite/bin/vite.js"), "build", ...args]);

/** Each half of the build by its title, for those who show them apart. */
export const builds = [
  ["Build of the pages", () => vite()],
  ["Build of the server", () => vite("--config", "vite.bff.config.ts")],
];

/** Puts the licences of the server where pages find them, and remembers of which sources `dist` was made. */
export function finishBuild() {
  copyFileSync(join(root, "dist/bff/licences.json"), join(root, "dist/web/licences-server.json"));
  writeFileSync(STAMP, sourcesHash());
}

/** Builds both halves unless `dist` was made of these very sources. */
export async function buildIfStale() {
  if (existsSync(STAMP) && readFileSync(STAMP, "utf8") === sourcesHash()) return "up to date";
  rmSync(STAMP, { force: true });
  await Promise.all(builds.map(([, build]) => build()));
  finishBuild();
  return "";
}
