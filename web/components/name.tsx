import { visible } from "../lib/visible.ts";

/** What a broker, a client or a producer calls something. */
export const Name = ({ value }: { value: string }) => <span className="rd-mono">{visible(value)}</span>;
