import { mapBounded } from "../bounded.ts";
import { stringifyFastjson } from "../codec/fastjson.ts";
import type { JsonValue } from "../codec/json-value.ts";
import { RocketMQError } from "../errors.ts";

/** Pages asked for at the same time: the broker sorts its whole table for each. */
const AT_ONCE = 4;
/** A table that changes this often while it is read is read whole. */
const ATTEMPTS = 3;
/** A broker's pages have a thousand entries unless it is told otherwise, so that this is more than any table has. */
const PAGES_MAX = 2000;
/** Characters of a version, which goes back with each page: three numbers and their names. */
const VERSION_MAX = 1024;

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

type Ask<V> = (from?: From) => Promise<Page<V>>;

const malformed = (why: string) => new RocketMQError("MALFORMED_RESPONSE", `a table in pages: ${why}`);

/**
 * Reads a table of a broker page by page where it offers that (since 5.3.4): one frame could not hold any number of entries.
 * Other brokers answer the first call with all of it, as do those whose table fits into a page. Without `from` the whole is meant.
 */
export async function readPaged<V>(ask: Ask<V>): Promise<Map<string, V>> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const first = await ask({ seq: 0 });
    const { table, total = 0 } = first;
    if (table.size >= total) return table;
    if (table.size === 0) break;
    const dataVersion = stringifyFastjson(first.dataVersion);
    const pages = Math.ceil(total / table.size);
    if (pages > PAGES_MAX) throw malformed(`${total} entries, ${table.size} on a page`);
    if (dataVersion.length > VERSION_MAX) throw malformed(`a version of ${dataVersion.length} characters`);
    if ((await readRest(ask, table, { total, dataVersion })) && table.size === total) return table;
  }
  const { table, total = 0 } = await ask();
  // A table that grows while it is written may be some entries behind its own count.
  if (table.size < total / 2) throw malformed(`${table.size} of ${total} entries`);
  return table;
}

/** Adds all pages after the first to its table; false when the table changed meanwhile. */
async function readRest<V>(
  ask: Ask<V>,
  table: Map<string, V>,
  { total, dataVersion }: { total: number; dataVersion: string },
): Promise<boolean> {
  const { size } = table;
  const starts = Array.from({ length: Math.ceil(total / size) - 1 }, (_, n) => (n + 1) * size);
  let same = true;
  await mapBounded(starts, AT_ONCE, async (seq) => {
    if (!same) return;
    const page = await ask({ seq, dataVersion });
    // With an outdated version a broker begins anew and says nothing of it, but tells the version that it has.
    same &&= stringifyFastjson(page.dataVersion) === dataVersion && addPage(table, page.table, { seq, size, total });
  });
  return same;
}

/** False when the page brings nothing new, or more than there are in all: what it comes from is no longer the table of the first one. */
function addPage<V>(
  table: Map<string, V>,
  page: ReadonlyMap<string, V>,
  { seq, size, total }: { seq: number; size: number; total: number },
): boolean {
  const before = table.size;
  if (page.size > size) throw malformed(`${page.size} entries from ${seq} on after pages of ${size}`);
  for (const [name, value] of page) table.set(name, value);
  return table.size > before && table.size <= total;
}
