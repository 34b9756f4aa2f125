// Format, lint with import boundaries, types and unused code: `npm run check`.
import { checks } from "./lib/checks.mjs";
import { main } from "./lib/steps.mjs";

await main(async () => {
  const { failed } = await checks();
  if (failed > 0) process.exitCode = 1;
});
