import type { ReactNode } from "react";
import { visible } from "../lib/visible.ts";
import "./key-facts.css";

export interface Fact {
  label: string;
  value: ReactNode;
  /** What the figure means, on hover. */
  title?: string;
}

/** Four to six key facts of a thing in one line, or all its properties in columns (`dense`). */
export const KeyFacts = ({ facts, dense = false }: { facts: Fact[]; dense?: boolean }) => (
  <dl className="rd-facts" data-dense={dense}>
    {facts.map((fact) => (
      <div key={fact.label} title={fact.title}>
        <dt>{fact.label}</dt>
        <dd>{typeof fact.value === "string" ? visible(fact.value) : fact.value}</dd>
      </div>
    ))}
  </dl>
);
