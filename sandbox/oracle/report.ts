import type { Tally } from "./judge.ts";
import type { KnownDifference } from "./known-differences.ts";
import type { Difference } from "./sheet.ts";

const sum = (tallies: readonly Tally[], of: (tally: Tally) => number) => tallies.reduce((n, tally) => n + of(tally), 0);

/** Sums tallies of several runs by what was compared. */
export function addUp(runs: readonly (readonly Tally[])[]): Tally[] {
  const byWhat = new Map<string, Tally>();
  for (const { what, checks, known, differences } of runs.flat()) {
    const before = byWhat.get(what) ?? { what, checks: 0, known: 0, differences: [] };
    byWhat.set(what, {
      what,
      checks: before.checks + checks,
      known: before.known + known,
      differences: [...before.differences, ...differences],
    });
  }
  return [...byWhat.values()];
}

/** What, checks, differences. */
export function tableText(tallies: readonly Tally[]): string {
  const rows = [
    ["What", "Checks", "Known", "Differences"],
    ...tallies.map((t) => [t.what, t.checks, t.known, t.differences.length].map(String)),
    [
      "All",
      ...[sum(tallies, (t) => t.checks), sum(tallies, (t) => t.known), sum(tallies, (t) => t.differences.length)].map(
        String,
      ),
    ],
  ];
  const width = (column: number) => Math.max(...rows.map((row) => row[column]?.length ?? 0));
  return rows
    .map((row) =>
      row
        .map((cell, n) => (n === 0 ? cell.padEnd(width(0)) : cell.padStart(width(n))))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

export const differenceText = ({ what, subject, field, console, oracle }: Difference): string =>
  `${what}: ${subject}: ${field}: console ${JSON.stringify(console)}, oracle ${JSON.stringify(oracle)}`;

/** Known differences that were met, one a line. */
export const metText = (met: ReadonlyMap<KnownDifference, number>): string =>
  [...met].map(([{ kind, name, why }, fields]) => `${kind} ${name} (${fields}): ${why}`).join("\n");
