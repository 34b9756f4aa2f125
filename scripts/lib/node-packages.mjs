import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root, run, SetupError } from "./steps.mjs";

const NODE_FLOOR = [20, 19];

export function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major < NODE_FLOOR[0] || (major === NODE_FLOOR[0] && minor < NODE_FLOOR[1])) {
    throw new SetupError(`Node ${NODE_FLOOR.join(".")} or newer is needed; this is ${process.versions.node}.`);
  }
  return process.versions.node;
}

const readJson = (path) => JSON.parse(readFileSync(path, "utf8"));

/** Whether node_modules holds exactly what package-lock.json says; npm keeps its own copy of what it installed. */
function installed() {
  const hidden = join(root, "node_modules/.package-lock.json");
  if (!existsSync(hidden)) return false;
  const wanted = readJson(join(root, "package-lock.json")).packages;
  const present = readJson(hidden).packages;
  return Object.entries(wanted).every(
    ([path, entry]) => path === "" || entry.optional || entry.peer || present[path]?.version === entry.version,
  );
}

export async function installPackages() {
  if (installed()) return "there already";
  // JOBS: better-sqlite3 compiles for a minute where its prebuilt binary cannot be had.
  const npmCi = () => run("npm", ["ci", "--no-audit", "--no-fund"], { env: { JOBS: "max" } });
  await npmCi().catch(npmCi);
  return "npm ci";
}

async function sqliteLoads() {
  const probe = `new (require("better-sqlite3"))(":memory:").close()`;
  return (await run(process.execPath, ["-e", probe], { check: false })).code === 0;
}

/** The one native module: built for another Node or not at all when its install script could not run. */
export async function checkSqlite() {
  if (await sqliteLoads()) return "";
  await run("npm", ["rebuild", "better-sqlite3"]);
  if (await sqliteLoads()) return "rebuilt for this Node";
  throw new SetupError(
    "better-sqlite3 does not load. It needs a prebuilt binary from its download page or gcc, make, python3 and Node's headers to compile:\n" +
      "  apt-get install build-essential python3, then npm rebuild better-sqlite3",
  );
}
