import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { type Version, hasStamp, libDir, mavenLock, resolveJars } from "../jars.ts";
import { buildPrograms } from "../java-program.ts";
import { withLock } from "../lock.ts";
import { sandboxDir } from "../maven.ts";

const sources = join(sandboxDir, "oracle", "java", "io", "rocketdeck", "oracle");
const target = join(libDir, "oracle");

/** Compiles the oracle once, for all versions: what it names in its source is the same in each, the rest it finds at run time. */
async function compile(): Promise<string> {
  const files = (await readdir(sources)).sort().map((name) => join(sources, name));
  const hash = createHash("sha256");
  for (const file of files) hash.update(await readFile(file));
  const stamp = hash.digest("hex");
  const stampFile = join(target, "stamp");
  if (await hasStamp(stampFile, stamp)) return target;
  const classpath = await buildPrograms();
  await withLock(mavenLock, async () => {
    if (await hasStamp(stampFile, stamp)) return;
    const fresh = await mkdtemp(join(libDir, ".oracle-"));
    try {
      await promisify(execFile)("javac", ["--release", "17", "-nowarn", "-d", fresh, "-cp", classpath, ...files]);
      await writeFile(join(fresh, "stamp"), stamp);
      await rm(target, { recursive: true, force: true });
      await rename(fresh, target);
    } finally {
      await rm(fresh, { recursive: true, force: true });
    }
  });
  return target;
}

/** The class path of an oracle of one version: its own classes, the gRPC client, and that version's jars. */
export async function oracleClasspath(version: Version): Promise<string> {
  const classes = await compile();
  // The gRPC client has a wire format that those jars have too, made with another library; nothing else is in both.
  return [classes, join(libDir, "workload", "*"), await resolveJars(version)].join(delimiter);
}
