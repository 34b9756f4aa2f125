// Makes a fresh machine ready for everything: `node scripts/setup.mjs`. Node's own modules alone until packages are installed.
import { ALL_VERSIONS, setup } from "./lib/setup.mjs";
import { main } from "./lib/steps.mjs";

await main(() => setup({ versions: ALL_VERSIONS, workload: true, browser: true, postgres: true }));
