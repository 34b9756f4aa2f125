// Plays scripted peers in a process of its own, so that what they do holds up nobody but whom it is meant for.
// By hand: tsx sandbox/fault-proxy/play.ts "no answer at all, from the broker" prints the address of one and plays it until Ctrl-C.
import { startScriptedBroker, type ScriptedBroker } from "./scripted-broker.ts";
import { scenarios } from "./scenarios.ts";

/** What the parent process sends: the names of scenarios to play now instead of those before. It gets their addresses. */
export type Programme = readonly string[];

/** The one without any fault. */
const GOOD = "good";

let peers: ScriptedBroker[] = [];

async function play(names: Programme): Promise<string[]> {
  await Promise.all(peers.map((peer) => peer.stop()));
  peers = await Promise.all(
    names.map((name) => {
      const scenario = name === GOOD ? () => ({}) : scenarios[name];
      if (scenario !== undefined) return startScriptedBroker(scenario);
      throw new Error(`unknown: "${name}"; known:\n  ${[GOOD, ...Object.keys(scenarios)].join("\n  ")}`);
    }),
  );
  return peers.map(({ addr }) => addr);
}

process.on("message", (names: Programme) => void play(names).then((addrs) => process.send?.(addrs)));
process.on("disconnect", () => process.exit());

const named = process.argv.slice(2);
if (named.length > 0) console.log((await play(named)).join("\n"));
