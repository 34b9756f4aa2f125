// Speed against the official Java client on the same brokers: `npm run bench`; writes docs/BENCHMARKS.md.
//   --only produce,pull,scan,messages,topics,groups,import,load,footprint   measure some parts; writes nothing
//   --quick                                                             small numbers, to see that it runs; writes nothing
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildIfStale } from "./lib/build.mjs";
import { importTypeScript, setup } from "./lib/setup.mjs";
import { endChildren, main, onStop, root, SetupError, step } from "./lib/steps.mjs";

const MINUTES = 20;
const REPORT = join(root, "docs/BENCHMARKS.md");

/** What to end, in the order of its start. */
const stops = [];
const stopAll = async () => {
  await endChildren();
  for (const stop of stops.splice(0).toReversed()) await stop().catch((error) => console.error(error));
};

onStop(async () => {
  await stopAll();
  process.exit(130);
});
await main(async () => {
  await setup({ versions: ["5.5.0"], workload: true, browser: true });
  await step("Build", buildIfStale);
  const { bench } = await importTypeScript("bench/main.ts");
  const limit = setTimeout(async () => {
    console.error(`The bench has not ended after ${MINUTES} minutes and is stopped.`);
    await stopAll();
    process.exit(1);
  }, MINUTES * 60_000);
  try {
    const report = await bench(process.argv.slice(2), stops).catch((error) => {
      throw error.name === "UsageError" ? new SetupError(error.message) : error;
    });
    if (report === undefined) return;
    writeFileSync(REPORT, report);
    console.log("docs/BENCHMARKS.md is written.");
  } finally {
    clearTimeout(limit);
    await stopAll();
  }
});
process.exit();
