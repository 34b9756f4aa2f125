import { execFile } from "node:child_process";
import { cpus, loadavg, release, totalmem, type } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { isMet, type Figure } from "./figure.ts";

const execute = promisify(execFile);

/** Where the figures were measured. */
export interface Surroundings {
  machine: string;
  versions: string;
  /** Load of the machine by others before the first round; absolute figures mean little on a busy one. */
  loadBefore: number;
}

async function javaVersion(): Promise<string> {
  const home = process.env["JAVA_HOME"];
  const { stderr } = await execute(home ? join(home, "bin", "java") : "java", ["-version"]);
  return /version "([^"]+)"/.exec(stderr)?.[1] ?? "unknown";
}

export async function surroundings(): Promise<Surroundings> {
  const cores = cpus();
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`;
  return {
    machine: `${cores.length} × ${cores[0]?.model ?? "CPU"}, ${memory}, ${type()} ${release()}`,
    versions: `Node ${process.versions.node}, Java ${await javaVersion()}, RocketMQ 5.5.0 (two masters)`,
    loadBefore: loadavg()[0] ?? 0,
  };
}

const verdict = (figure: Figure) => (isMet(figure) ? "met" : "**missed**");

/** The table as Markdown. */
export function table(figures: readonly Figure[]): string {
  const rows = figures.map((figure) =>
    [figure.what + (figure.note ? ` (${figure.note})` : ""), figure.target, figure.measured, figure.java]
      .concat(figure.margin.toFixed(2), verdict(figure))
      .join(" | "),
  );
  const head = ["Figure | Target | RocketDeck | Official Java client | Margin | ", "--- | --- | --- | --- | --: | ---"];
  return [...head, ...rows].map((line) => `| ${line} |`).join("\n");
}

interface Report {
  figures: readonly Figure[];
  failed: readonly string[];
  at: Surroundings;
  rounds: number;
  took: number;
}

export function markdown({ figures, failed, at, rounds, took }: Report): string {
  const busy = at.loadBefore > cpus().length / 2;
  const load = `Load average before the first round: ${at.loadBefore.toFixed(1)}${
    busy ? ", so the machine was busy with other work: read the ratios, not the times" : ""
  }.`;
  return `# Benchmarks

Written by \`npm run bench\`. Each figure is the median of ${rounds} rounds; a ratio is the median of the ratios of RocketDeck and
the official Java client (warmed up) in the same round on the same brokers. Margin: 1 just meets the target, more is better.

- Machine: ${at.machine}
- Versions: ${at.versions}
- ${load}
- Date: ${new Date().toISOString().slice(0, 10)}; the whole run took ${Math.round(took / 60_000)} minutes

${table(figures)}
${failed.map((line) => `\nNot measured: ${line}\n`).join("")}
"Cold" is the first list that a console just started is asked for, by an API client that is signed in; "warm" the same from one that has
been in use; "refreshed" is the refresh button at a time when nothing read before is young enough to be shown again.
The load is 300 sessions in a process beside the console; the steady job has 50 rows a second, the fast one as many as brokers and console manage.
What is asked while people arrive, 300 within five seconds, is printed and not counted here: the event loop takes one new connection a turn.
A part alone: \`npm run bench -- --only groups\`; a short try of everything: \`npm run bench -- --quick\` (neither writes this page).
`;
}
