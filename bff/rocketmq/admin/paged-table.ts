import pLimit from "p-limit";
import { stringifyFastjson, type JsonValue } from "../codec/fastjson.ts";

/** Pages asked for at the same time: the broker sorts its whole table for each. */
const AT_ONCE = 4;
/** A table that changes this often while it is read is read whole. */
const ATTEMPTS = 3;

/** Where a page begins, and the version of the table that the pages before it had. */
export interface From {
  seq: number;
  dataVersion?: string;
}

export interface Page<V> {
  table: Map<string, V>;
  dataVersion: JsonValue | undefined;
  /** Entries of the whole table; brokers that do not page may not tell. */
  total: number | undefined;
}

/**
 * Reads a table of a broker page by page where it offers that (since 5.3.4): one frame could not hold any number of entries.
 * Other brokers answer the first call with all of it, as do those whose table fits into a page. Without `from` the whole is meant.
 */
export async function readPaged<V>(ask: (from?: From) => Promise<Page<V>>): Promise<Map<string, V>> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const first = await ask({ seq: 0 });
    const { table, total = 0 } = first;
    const size = table.size;
    if (size >= total) return table;
    if (size === 0) break;
    const dataVersion = stringifyFastjson(first.dataVersion);
    const limit = pLimit(AT_ONCE);
    const starts = Array.from({ length: Math.ceil(total / size) - 1 }, (_, index) => (index + 1) * size);
    // With an outdated version a broker begins anew and says nothing of it, but tells the version that it has.
    const rest = await Promise.all(starts.map((seq) => limit(ask, { seq, dataVersion })));
    for (const page of rest) for (const [name, value] of page.table) table.set(name, value);
    const same = rest.every((page) => stringifyFastjson(page.dataVersion) === dataVersion);
    if (same && table.size === total) return table;
  }
  return (await ask()).table;
}
