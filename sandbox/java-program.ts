import { createHash } from "node:crypto";
import { cp, mkdtemp, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import type { SandboxCluster } from "./cluster.ts";
import { hasStamp, libDir, mavenLock, resolveJars } from "./jars.ts";
import { type Jvm, startJvm } from "./jvm.ts";
import { withLock } from "./lock.ts";
import { maven, sandboxDir } from "./maven.ts";

const moduleDir = join(sandboxDir, "workload");
const target = join(libDir, "workload");

async function sourceHash(): Promise<string> {
  const sources = await readdir(join(moduleDir, "src"), { recursive: true, withFileTypes: true });
  const files = sources.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const hash = createHash("sha256");
  for (const file of [...files.sort(), join(moduleDir, "pom.xml"), join(sandboxDir, "pom.xml")])
    hash.update(await readFile(file));
  return hash.digest("hex");
}

/** Builds the Java programs of workload/ once and returns their class path; a second call does nothing. */
export async function buildPrograms(): Promise<string> {
  const official = await resolveJars("5.5.0");
  const stamp = await sourceHash();
  const stampFile = join(target, "stamp");
  if (!(await hasStamp(stampFile, stamp))) {
    await withLock(mavenLock, async () => {
      if (await hasStamp(stampFile, stamp)) return;
      const fresh = await mkdtemp(join(libDir, ".workload-"));
      try {
        const copy = [
          "dependency:copy-dependencies",
          "-DincludeArtifactIds=rocketmq-client-java",
          `-DoutputDirectory=${fresh}`,
        ];
        await maven(["-f", join(moduleDir, "pom.xml"), "clean", "package", ...copy]);
        await cp(join(moduleDir, "target", "workload.jar"), join(fresh, "workload.jar"));
        await writeFile(join(fresh, "stamp"), stamp);
        await rm(target, { recursive: true, force: true });
        await rename(fresh, target);
      } finally {
        await rm(fresh, { recursive: true, force: true });
      }
    });
  }
  return [join(target, "*"), official].join(delimiter);
}

/** What a program needs of a cluster. */
export type ProgramCluster = Pick<SandboxCluster, "clusterName" | "namesrvAddrs"> &
  Partial<Pick<SandboxCluster, "proxy" | "credentials" | "tls">>;

export interface ProgramOptions {
  name: string;
  mainClass: string;
  args: string[];
  jvmArgs: string[];
  tls?: SandboxCluster["tls"];
}

/** What makes the Java clients of a JVM speak TLS and trust the authority of the cluster. */
export function tlsArgs(tls: SandboxCluster["tls"]): string[] {
  if (!tls) return [];
  return [
    "-Dtls.enable=true",
    "-Dtls.test.mode.enable=false",
    "-Dtls.client.authServer=true",
    `-Dtls.client.trustCertPath=${tls.ca}`,
  ];
}

/** A Java program that runs in a directory of its own and cannot outlive this process. */
export async function startProgram({ name, mainClass, args, jvmArgs, tls }: ProgramOptions): Promise<Jvm> {
  const classpath = await buildPrograms();
  const dir = await mkdtemp(join(tmpdir(), `rocketdeck-${name}-`));
  return startJvm({ name, dir, args: [...jvmArgs, ...tlsArgs(tls), "-cp", classpath, mainClass, ...args] });
}

/** The lines a program has printed so far. */
export async function printedLines(jvm: Jvm): Promise<string[]> {
  return (await readFile(join(jvm.dir, "console.log"), "utf8")).split("\n");
}

/** The command-line arguments by which the programs find a cluster. */
export function clusterArgs({ clusterName, namesrvAddrs, credentials }: ProgramCluster): string[] {
  const secrets = credentials ? ["--access-key", credentials.accessKey, "--secret-key", credentials.secretKey] : [];
  return ["--namesrv", namesrvAddrs.join(";"), "--cluster", clusterName, ...secrets];
}
