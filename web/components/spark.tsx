interface SparkProps {
  /** Oldest first; null is a gap. */
  values: (number | null)[];
  /** What it says, for those who do not see it. */
  label: string;
  width?: number;
  height?: number;
}

/** A trend the size of a word. */
export function Spark({ values, label, width = 72, height = 20 }: SparkProps) {
  const known = values.filter((value) => value !== null);
  if (known.length < 2)
    return (
      <span className="rd-quiet" aria-label={label}>
        {"–"}
      </span>
    );
  const max = Math.max(...known, Number.MIN_VALUE);
  const step = width / Math.max(1, values.length - 1);
  const path = values
    .map((value, i) => {
      if (value === null) return "";
      const pen = (values[i - 1] ?? null) === null ? "M" : "L";
      return `${pen}${(i * step).toFixed(1)} ${(height - 2 - (value / max) * (height - 4)).toFixed(1)}`;
    })
    .join("");
  return (
    <svg
      className="rd-spark"
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={label}
    >
      <path d={path} fill="none" vectorEffect="non-scaling-stroke" />
    </svg>
  );
}
