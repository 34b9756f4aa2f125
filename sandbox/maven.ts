import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";

/** Folder of this sandbox: pom.xml, workload/ and the git-ignored lib/. */
export const sandboxDir = fileURLToPath(new URL(".", import.meta.url));

const ATTEMPTS = 3;
const LIMIT_MS = 540_000;
const NETWORK_TROUBLE =
  /transfer|timed out|Connection (reset|refused)|UnknownHost|Could not resolve|status code: [45]\d\d/i;

function run(args: string[]): Promise<{ failed: boolean; output: string }> {
  const options = { cwd: sandboxDir, timeout: LIMIT_MS, maxBuffer: 32 << 20 };
  return new Promise((resolve, reject) => {
    execFile("mvn", ["-B", "-q", ...args], options, (error, stdout, stderr) => {
      if (error?.code === "ENOENT") {
        reject(
          new Error("Maven is not installed: put `mvn` on the PATH (Debian: apt-get install maven)", { cause: error }),
        );
        return;
      }
      resolve({ failed: error !== null, output: `${stdout}${stderr}`.trim() });
    });
  });
}

/** Runs Maven on the sandbox's pom; tries again when the network failed. */
export async function maven(args: string[]): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const { failed, output } = await run(args);
    if (!failed) return;
    if (attempt === ATTEMPTS || !NETWORK_TROUBLE.test(output)) {
      throw new Error(`mvn ${args.join(" ")} failed:\n${output.split("\n").slice(0, 30).join("\n")}`);
    }
  }
}
