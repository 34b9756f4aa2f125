// A running console on a real RocketMQ cluster of its own: `npm run demo`.
//   --namesrv host:9876[;host2:9876]   use a cluster that exists; neither Java nor Maven is needed then
//   --reset                            forget the demo's console: its accounts, instances, jobs and history
import { parseArgs } from "node:util";
import { demo } from "./lib/demo.mjs";
import { setup } from "./lib/setup.mjs";
import { endChildren, main, onStop, SetupError } from "./lib/steps.mjs";

function parse() {
  try {
    return parseArgs({ options: { namesrv: { type: "string" }, reset: { type: "boolean", default: false } } }).values;
  } catch (error) {
    throw new SetupError(`${error.message}\nusage: npm run demo [-- [--namesrv host:9876[;host2:9876]] [--reset]]`);
  }
}

/** What to end, in the order of its start. */
const stops = [];
const stopAll = async () => {
  await endChildren();
  for (const stop of stops.splice(0).toReversed()) await stop();
};

onStop(async () => {
  console.log("\nStopping …");
  await stopAll();
  process.exit(0);
});
await main(async () => {
  const { namesrv, reset } = parse();
  await setup(namesrv ? {} : { versions: ["5.5.0"], workload: true });
  await demo({ namesrv, reset, stops, stopAll });
});
