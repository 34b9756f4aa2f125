// Pages to dist/web, server to dist/bff: `npm run build`.
import { builds, finishBuild } from "./lib/build.mjs";
import { main, step } from "./lib/steps.mjs";

await main(async () => {
  await Promise.all(builds.map(([title, build]) => step(title, async () => void (await build()))));
  finishBuild();
});
