import { existsSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { run, SetupError } from "./steps.mjs";

const JAVA_FLOOR = 17;
const JVM_FOLDERS = ["/usr/lib/jvm", "/opt/java", "/opt", "/Library/Java/JavaVirtualMachines"];

const onPath = (name) =>
  (process.env.PATH ?? "")
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((path) => folderEntryExists(path));

const folderEntryExists = (path) => path.startsWith("/") && existsSync(path);

const isRootOnDebian = () => process.getuid?.() === 0 && existsSync("/usr/bin/apt-get");

let indexed;
/** Installs Debian packages; the package index is refreshed once a run. Packages that are alternatives are tried in turn. */
async function aptInstall(...alternatives) {
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  indexed ??= run("apt-get", ["update", "-q"], { env, check: false });
  await indexed;
  let failure;
  for (const packages of alternatives) {
    const options = ["-yq", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=300"];
    try {
      await run("apt-get", ["install", ...options, ...packages.split(" ")], { env });
      return packages;
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

/** Major version of a JDK (not of a JRE) by its release file, without starting it. */
function jdkVersion(home) {
  const release = join(home, "release");
  if (!existsSync(release) || !existsSync(join(home, "bin/javac"))) return 0;
  const version = /JAVA_VERSION="(?:1\.)?(\d+)/.exec(readFileSync(release, "utf8"));
  return Number(version?.[1] ?? 0);
}

function findJdk() {
  const java = onPath("java");
  const listed = JVM_FOLDERS.filter((folder) => existsSync(folder)).flatMap((folder) =>
    readdirSync(folder).flatMap((name) => [join(folder, name), join(folder, name, "Contents/Home")]),
  );
  const homes = [process.env.JAVA_HOME, java && dirname(dirname(realpathSync(java))), ...listed];
  return homes.find((home) => home && jdkVersion(home) >= JAVA_FLOOR);
}

/** Finds a JDK and makes it the one that every later child uses. */
export async function ensureJdk() {
  let how = "";
  if (!findJdk() && isRootOnDebian()) {
    how = `, installed ${await aptInstall("openjdk-17-jdk-headless", "openjdk-21-jdk-headless")}`;
  }
  const home = findJdk();
  if (!home) {
    throw new SetupError(
      `A JDK ${JAVA_FLOOR} or newer is needed to run RocketMQ. Install one (Debian, Ubuntu: apt-get install openjdk-17-jdk-headless) or set JAVA_HOME.`,
    );
  }
  process.env.JAVA_HOME = home;
  process.env.PATH = `${join(home, "bin")}${delimiter}${process.env.PATH ?? ""}`;
  return `${jdkVersion(home)}${how}`;
}

export async function ensureMaven() {
  if (onPath("mvn")) return "there already";
  if (isRootOnDebian()) return `installed ${await aptInstall("maven")}`;
  throw new SetupError("Maven is needed to fetch RocketMQ. Install it (Debian, Ubuntu: apt-get install maven).");
}

const POSTGRES_FLOOR = 15;
const POSTGRES_FOLDER = "/usr/lib/postgresql";

/** Where `initdb` and `postgres` of Debian are, whose folders are named by major versions, or what the PATH has. */
function findPostgres() {
  const versions = existsSync(POSTGRES_FOLDER) ? readdirSync(POSTGRES_FOLDER).map(Number) : [];
  const newest = Math.max(0, ...versions.filter((n) => existsSync(join(POSTGRES_FOLDER, String(n), "bin/initdb"))));
  if (newest >= POSTGRES_FLOOR) return join(POSTGRES_FOLDER, String(newest), "bin");
  const initdb = onPath("initdb");
  return initdb && dirname(initdb);
}

/** Finds a PostgreSQL, of which the tests start a server of their own, and puts it on the PATH of every later child. */
export async function ensurePostgres() {
  let how = "there already";
  // The package starts nothing by itself, and its cluster is left alone.
  if (!findPostgres() && isRootOnDebian()) how = `installed ${await aptInstall("postgresql")}`;
  const bin = findPostgres();
  if (!bin) {
    throw new SetupError(
      `PostgreSQL ${POSTGRES_FLOOR} or newer is needed for the tests of the store. Install it (Debian, Ubuntu: apt-get install postgresql), or put its initdb and postgres on the PATH.`,
    );
  }
  process.env.PATH = `${process.env.PATH ?? ""}${delimiter}${bin}`;
  return how;
}

const systemChromium = () => {
  const named = process.env.ROCKETDECK_CHROMIUM;
  if (named && !existsSync(named)) throw new SetupError(`ROCKETDECK_CHROMIUM names ${named}, which does not exist.`);
  return named ?? ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"].map(onPath).find(Boolean);
};

async function playwrightChromium() {
  const { chromium } = await import("@playwright/test");
  const path = chromium.executablePath();
  return existsSync(path) ? path : undefined;
}

/** Finds a Chromium for the browser tests and names it in ROCKETDECK_CHROMIUM for every later child. */
export async function ensureChromium() {
  let path = systemChromium() ?? (await playwrightChromium());
  let how = "there already";
  if (!path && isRootOnDebian()) {
    how = `installed ${await aptInstall("chromium fonts-noto-cjk", "chromium")}`;
    path = systemChromium();
  }
  if (!path) {
    throw new SetupError(
      "A Chromium is needed for the browser tests. Install one (Debian: apt-get install chromium fonts-noto-cjk; anywhere: npx playwright install chromium)\n" +
        "or name its executable in ROCKETDECK_CHROMIUM.",
    );
  }
  process.env.ROCKETDECK_CHROMIUM = path;
  return how;
}
