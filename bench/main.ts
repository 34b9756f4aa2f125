import { parseArgs } from "node:util";
import { Bench } from "./bench.ts";
import type { Figure } from "./figure.ts";
import { isMet } from "./figure.ts";
import { csvImport } from "./parts/csv-import.ts";
import { footprint } from "./parts/footprint.ts";
import { groups } from "./parts/groups.ts";
import { load } from "./parts/load.ts";
import { messages } from "./parts/messages.ts";
import { produce } from "./parts/produce.ts";
import { pull } from "./parts/pull.ts";
import { scan } from "./parts/scan.ts";
import { topics } from "./parts/topics.ts";
import { markdown, surroundings, table } from "./report.ts";
import { full, quick } from "./settings.ts";

/** In the order in which they run: footprint weighs the console after the others have used it. */
const parts = { produce, pull, scan, messages, topics, groups, import: csvImport, load, footprint } as const;
type Part = keyof typeof parts;

const isPart = (name: string): name is Part => Object.hasOwn(parts, name);
const allParts = Object.keys(parts).filter(isPart);

/** The arguments are not understood. */
class UsageError extends Error {
  override readonly name = "UsageError";
}

function valuesOf(args: readonly string[]): { only?: string; quick: boolean } {
  const options = { only: { type: "string" }, quick: { type: "boolean", default: false } } as const;
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function parse(args: readonly string[]): { chosen: Part[]; short: boolean; whole: boolean } {
  const values = valuesOf(args);
  const named = values.only?.split(",") ?? allParts;
  const unknown = named.filter((name) => !isPart(name));
  if (unknown.length > 0) throw new UsageError(`no part ${unknown.join(", ")}; there are ${allParts.join(", ")}`);
  const chosen = allParts.filter((name) => named.includes(name));
  return { chosen, short: values.quick, whole: !values.quick && chosen.length === allParts.length };
}

/**
 * Measures the parts named by `--only a,b` (all without it) and prints them. What is started is put on `stops`, to be ended in
 * reverse order by whoever calls. Resolves to the text of docs/BENCHMARKS.md after a whole run.
 */
export async function bench(args: readonly string[], stops: (() => Promise<unknown>)[]): Promise<string | undefined> {
  const { chosen, short, whole } = parse(args);
  const settings = short ? quick : full;
  const startedAt = performance.now();
  const at = await surroundings();
  const run = new Bench(settings, stops);
  const figures: Figure[] = [];
  const failed: string[] = [];
  for (const name of chosen) {
    console.log(`\n── ${name}`);
    const since = performance.now();
    try {
      figures.push(...(await parts[name](run)));
    } catch (error) {
      console.error(error);
      failed.push(`${name}: ${error instanceof Error ? error.message.split("\n")[0] : String(error)}`);
    }
    console.log(`  ${((performance.now() - since) / 1000).toFixed(0)} s`);
  }
  console.log(`\n${table(figures)}`);
  for (const line of failed) console.log(`Not measured: ${line}`);
  const met = figures.filter(isMet).length;
  console.log(`\n${met} of ${figures.length} targets met, ${failed.length} parts failed`);
  const report = { figures, failed, at, rounds: settings.rounds, took: performance.now() - startedAt };
  return whole ? markdown(report) : undefined;
}
