import "./spark.css";

interface SparkProps {
  /** Oldest first; null is a gap. */
  values: readonly (number | null)[];
  /** What it shows, for who does not see it. */
  label: string;
}

const [WIDTH, HEIGHT] = [160, 32];

/** The pieces of a line between gaps, as points of an SVG; the axis begins at 0 and at the first sample there is. */
function pieces(values: readonly (number | null)[]): string[] {
  const first = values.findIndex((value) => value !== null);
  if (first < 0) return [];
  const shown = values.slice(first);
  const top = Math.max(...shown.map((value) => value ?? 0)) || 1;
  const x = (n: number) => ((n / Math.max(1, shown.length - 1)) * WIDTH).toFixed(1);
  const y = (value: number) => (HEIGHT - 1 - (value / top) * (HEIGHT - 2)).toFixed(1);
  const lines: string[][] = [[]];
  for (const [n, value] of shown.entries()) {
    if (value === null) lines.push([]);
    else lines.at(-1)?.push(`${x(n)},${y(value)}`);
  }
  return lines.filter((line) => line.length > 1).map((line) => line.join(" "));
}

/** A trend beside a figure: its form, no values. */
export const Spark = ({ values, label }: SparkProps) => (
  <svg className="rd-spark" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={label}>
    {pieces(values).map((points) => (
      <polyline key={points} points={points} />
    ))}
  </svg>
);
