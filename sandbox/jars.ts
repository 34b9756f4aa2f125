import { createHash } from "node:crypto";
import { mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { withLock } from "./lock.ts";
import { maven, sandboxDir } from "./maven.ts";

/** RocketMQ versions the sandbox can run; each is a profile of pom.xml. */
export const versions = ["5.5.1", "5.5.0", "5.3.3", "5.1.4", "4.9.7"] as const;
export type Version = (typeof versions)[number];

export const libDir = join(sandboxDir, "lib");
export const mavenLock = join(libDir, "maven.lock");

export function isVersion(text: string): text is Version {
  return versions.some((version) => version === text);
}

/** Types of topics, retry policies, timers and pop came with 5.0. */
export const has5x = (version: Version): boolean => !version.startsWith("4.");

async function profileHash(version: Version): Promise<string> {
  const pom = await readFile(join(sandboxDir, "pom.xml"), "utf8");
  const from = pom.indexOf(`<id>rocketmq-${version}</id>`);
  const profile = pom.slice(from, pom.indexOf("</profile>", from));
  return createHash("sha256").update(profile).digest("hex");
}

export async function hasStamp(file: string, stamp: string): Promise<boolean> {
  return (await readFile(file, "utf8").catch(() => "")) === stamp;
}

/** Downloads the jars of a version once into lib/<version> and returns their class path; a second call does nothing. */
export async function resolveJars(version: Version): Promise<string> {
  const target = join(libDir, version);
  const stamp = await profileHash(version);
  const stampFile = join(target, "stamp");
  if (!(await hasStamp(stampFile, stamp))) {
    await withLock(mavenLock, async () => {
      if (await hasStamp(stampFile, stamp)) return;
      const fresh = await mkdtemp(join(libDir, `.${version}-`));
      try {
        await maven([
          "-N",
          "-P",
          `rocketmq-${version}`,
          "dependency:copy-dependencies",
          `-DoutputDirectory=${fresh}`,
          "-DincludeScope=runtime",
        ]);
        await writeFile(join(fresh, "stamp"), stamp);
        await rm(target, { recursive: true, force: true });
        await rename(fresh, target);
      } finally {
        await rm(fresh, { recursive: true, force: true });
      }
    });
  }
  return join(target, "*");
}
