import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { root, run } from "./steps.mjs";

const bin = (name) => join(root, "node_modules/.bin", name);
const report = (name) => join(root, "test-results", `${name}.json`);

/** What the latest run of a suite reported; undefined when it did not get that far. */
export function readReport(name) {
  return existsSync(report(name)) ? JSON.parse(readFileSync(report(name), "utf8")) : undefined;
}

/** A suite that failed without naming a failed test (it could not start, hung, or a file did not load) counts as one failure. */
const counted = (passed, failed, code) => ({ passed, failed: failed === 0 && code !== 0 ? 1 : failed });

/** Runs one vitest project and counts its tests; a file that could not be loaded is a failure. */
export async function vitest(project, minutes, args = []) {
  rmSync(report(project), { force: true });
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report(project)}`];
  const { code } = await run(bin("vitest"), ["run", "--project", project, ...reporters, ...args], {
    show: true,
    check: false,
    minutes,
  });
  const result = readReport(project);
  if (!result) return counted(0, 0, code || 1);
  const broken = result.testResults.filter((file) => file.status === "failed" && file.assertionResults.length === 0);
  return counted(result.numPassedTests, result.numFailedTests + broken.length, code);
}

/** Runs the browser tests on the built app and counts them. */
export async function playwright(minutes, args = []) {
  rmSync(report("e2e"), { force: true });
  const { code } = await run(bin("playwright"), ["test", ...args], { show: true, check: false, minutes });
  const stats = readReport("e2e")?.stats;
  if (!stats) return counted(0, 0, code || 1);
  return counted(stats.expected + stats.flaky, stats.unexpected, code);
}
