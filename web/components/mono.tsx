import type { ReactNode } from "react";

/** Ids, addresses and bodies. */
export const Mono = ({ children }: { children: ReactNode }) => <span className="rd-mono">{children}</span>;
