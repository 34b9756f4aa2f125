// Speed against the official Java client on the same brokers: `npm run bench`; writes docs/BENCHMARKS.md.
import { buildIfStale } from "./lib/build.mjs";
import { importTypeScript, setup } from "./lib/setup.mjs";
import { main, step } from "./lib/steps.mjs";

await main(async () => {
  await setup({ versions: ["5.5.0"], workload: true });
  await step("Build", buildIfStale);
  const { bench } = await importTypeScript("bench/main.ts");
  await bench(process.argv.slice(2));
});
