import { sparkLines } from "./spark-lines.ts";
import "./spark.css";

interface SparkProps {
  /** Oldest first; null is a gap. */
  values: readonly (number | null)[];
  /** What it shows, for who does not see it and on hover. */
  label: string;
}

const [WIDTH, HEIGHT] = [160, 32];

/** A trend beside a figure: its form, no values. */
export const Spark = ({ values, label }: SparkProps) => (
  <svg className="rd-spark" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img">
    <title>{label}</title>
    {sparkLines(values, WIDTH, HEIGHT).map((points) => (
      <polyline key={points} points={points} />
    ))}
  </svg>
);
