type Values = readonly (number | null)[];

/** Which of the values is the first that is known of any series; -1 where nothing is. */
export function firstKnown(series: readonly Values[]): number {
  const firsts = series.map((values) => values.findIndex((value) => value !== null)).filter((at) => at >= 0);
  return firsts.length === 0 ? -1 : Math.min(...firsts);
}

/** The pieces of a line between gaps, as points of an SVG; its axis begins at 0. A value between gaps is a dot. */
export function sparkLines(values: Values, width: number, height: number): string[] {
  const top = values.reduce<number>((most, value) => Math.max(most, value ?? most), 0) || 1;
  const x = (n: number) => ((n / Math.max(1, values.length - 1)) * width).toFixed(1);
  const y = (value: number) => (height - 1 - (value / top) * (height - 2)).toFixed(1);
  const lines: string[][] = [[]];
  for (const [n, value] of values.entries()) {
    if (value === null) lines.push([]);
    else lines.at(-1)?.push(`${x(n)},${y(value)}`);
  }
  return lines.flatMap((line) => {
    const [dot, ...rest] = line;
    if (dot === undefined) return [];
    return rest.length === 0 ? `${dot} ${dot}` : line.join(" ");
  });
}
