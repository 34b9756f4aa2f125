import { existsSync } from "node:fs";
import { join } from "node:path";
import { checkNode, checkSqlite, installPackages } from "./node-packages.mjs";
import { root, run, step } from "./steps.mjs";
import { ensureChromium, ensureJdk, ensureMaven, ensurePostgres } from "./system-tools.mjs";

let typescript;
/** Lets this process import the project's TypeScript; possible once its packages are installed. */
export async function importTypeScript(path) {
  typescript ??= import("tsx/esm/api").then(({ register }) => register());
  await typescript;
  return import(new URL(`../../${path}`, import.meta.url).href);
}

const done = new Set();
/** A step that one process needs once, whoever asks. */
async function once(title, run) {
  if (done.has(title)) return;
  await step(title, run);
  done.add(title);
}

async function installPackagesAndCheck() {
  await once("Packages", installPackages);
  await once("SQLite", checkSqlite);
}

async function findJava() {
  await once("JDK", ensureJdk);
  await once("Maven", ensureMaven);
}

/** Downloads into Maven's own repository while packages are installed; what fails here is told when it is needed. */
async function prefetchJars(versions, workload) {
  const sandbox = join(root, "sandbox");
  const missing = (name) => !existsSync(join(sandbox, "lib", name, "stamp"));
  const goals = versions
    .filter(missing)
    .map((version) => ["-N", "-f", join(sandbox, "pom.xml"), "-P", `rocketmq-${version}`, "dependency:resolve"]);
  if (workload && missing("workload"))
    goals.push(["-f", join(sandbox, "workload", "pom.xml"), "dependency:go-offline"]);
  for (const goal of goals) await run("mvn", ["-B", "-q", ...goal], { check: false });
}

async function prepareJava(versions, workload) {
  await findJava();
  await prefetchJars(versions, workload);
}

async function resolveRocketMQ(versions, workload) {
  const { resolveJars } = await importTypeScript("sandbox/jars.ts");
  for (const version of versions) {
    await once(`RocketMQ ${version}`, async () => void (await resolveJars(version)));
  }
  if (workload) {
    const { buildWorkload } = await importTypeScript("sandbox/workload.ts");
    await once("Workload", async () => void (await buildWorkload()));
  }
}

/**
 * Makes this machine ready and skips what is there: packages, and as asked for RocketMQ's jars of `versions`,
 * the Java `workload`, a `browser` and a `postgres`.
 */
export async function setup({ versions = [], workload = false, browser = false, postgres = false } = {}) {
  await once("Node", checkNode);
  const java = versions.length > 0;
  await Promise.all([installPackagesAndCheck(), java && prepareJava(versions, workload)]);
  if (java) await resolveRocketMQ(versions, workload);
  if (browser) await once("Chromium", ensureChromium);
  if (postgres) await once("PostgreSQL", ensurePostgres);
}

export const ALL_VERSIONS = ["5.5.1", "5.5.0", "5.3.3", "5.1.4", "4.9.7"];
