// Sets the machine up and runs every check and test: `npm test`. The last line counts all suites.
// `npm test -- check unit` runs only the suites that are named.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { builds, finishBuild } from "./lib/build.mjs";
import { checks } from "./lib/checks.mjs";
import { ALL_VERSIONS, setup } from "./lib/setup.mjs";
import { endChildren, onStop, root, seconds, step } from "./lib/steps.mjs";
import { playwright, vitest } from "./lib/suites.mjs";
import { failedTests, slowestTests } from "./lib/told-tests.mjs";

async function build() {
  const outcomes = await Promise.allSettled(
    builds.map(([title, body]) => step(title, async () => void (await body()))),
  );
  const failures = outcomes.filter((outcome) => outcome.status === "rejected");
  for (const { reason } of failures) console.log(reason.message);
  if (failures.length === 0) finishBuild();
  return { passed: outcomes.length - failures.length, failed: failures.length };
}

const brokers = { versions: ALL_VERSIONS, workload: true };
const suites = {
  check: { run: checks },
  unit: { run: () => vitest("unit", 10) },
  postgres: { needs: { postgres: true }, run: () => vitest("postgres", 10) },
  build: { run: build },
  integration: { needs: brokers, run: () => vitest("integration", 50) },
  hostile: { needs: brokers, run: () => vitest("hostile", 30) },
  e2e: { needs: { ...brokers, browser: true }, run: () => playwright(45) },
};

/** The set-up that a suite needs counts as a test of its own: without it the suite cannot say anything. */
async function prepared(needs, body) {
  await setup(needs);
  const { passed, failed } = await body();
  return { passed: passed + 1, failed };
}

async function runSuite(name, { needs = {}, run }) {
  const since = performance.now();
  console.log(`\n── ${name}`);
  const { passed, failed } = await prepared(needs, run).catch((error) => {
    console.log(error);
    return { passed: 0, failed: 1 };
  });
  return { name, passed, failed, took: seconds(since) };
}

onStop(async () => {
  await endChildren();
  process.exit(130);
});
process.env.CI ??= "true";
mkdirSync(join(root, "test-results"), { recursive: true });

const named = process.argv.slice(2);
const chosen = Object.entries(suites).filter(([name]) => named.length === 0 || named.includes(name));
const results = [];
for (const [name, suite] of chosen) results.push(await runSuite(name, suite));

console.log("");
for (const { name, passed, failed, took } of results) {
  console.log(`${failed > 0 ? "✗" : "✓"} ${name}: ${passed} passed, ${failed} failed (${took})`);
}
const tell = (title, lines) => {
  if (lines.length > 0) console.log(`\n${title}:\n${lines.join("\n")}`);
};
const ran = chosen.map(([name]) => name);
tell("Slowest tests", slowestTests(ran));
tell("Failed tests", failedTests(ran));
const sum = (key) => results.reduce((total, result) => total + result[key], 0);
console.log(`\n${sum("passed")} passed, ${sum("failed")} failed`);
process.exit(sum("failed") > 0 ? 1 : 0);
