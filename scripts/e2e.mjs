// Browser tests alone, on a fresh build: `npm run e2e -- e2e/tests/session.sign-in.spec.ts --headed`.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { buildIfStale } from "./lib/build.mjs";
import { setup } from "./lib/setup.mjs";
import { endChildren, main, onStop, root, step } from "./lib/steps.mjs";
import { playwright } from "./lib/suites.mjs";

const MINUTES = 45;

onStop(async () => {
  await endChildren();
  process.exit(130);
});
await main(async () => {
  await setup({ versions: ["5.5.0"], workload: true, browser: true });
  await step("Build", buildIfStale);
  mkdirSync(join(root, "test-results"), { recursive: true });
  const { failed } = await playwright(MINUTES, process.argv.slice(2));
  if (failed > 0) process.exitCode = 1;
});
