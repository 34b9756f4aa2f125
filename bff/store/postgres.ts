import {
  PostgresDialect,
  PostgresQueryCompiler,
  type Dialect,
  type PostgresPool,
  type PostgresPoolClient,
  type QueryCompiler,
} from "kysely";
import { Pool, types, type PoolClient } from "pg";
import { StoreUnreachable } from "../base/store-fault.ts";

const CONNECTIONS = 10;
const CONNECT_MS = 5000;
const IDLE_MS = 60_000;

/** A `bigint` that a number cannot hold exactly fails its query; it is never rounded. */
function safeInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`${text} is beyond the safe integers`);
  return value;
}

const INT8: number = types.builtins.INT8;

const parsers: Pick<typeof types, "getTypeParser"> = {
  getTypeParser: (oid: number, format?: "text" | "binary") =>
    oid === INT8 && format !== "binary" ? safeInteger : types.getTypeParser(oid, format),
};

/** A text of PostgreSQL holds no U+0000, which a peer may well have sent. */
class Compiler extends PostgresQueryCompiler {
  protected override appendValue(value: unknown): void {
    super.appendValue(typeof value === "string" ? value.replaceAll("\0", "\uFFFD") : value);
  }
}

class PooledDialect extends PostgresDialect {
  override createQueryCompiler(): QueryCompiler {
    return new Compiler();
  }
}

/** What ends a connection is told apart from what a query did wrong. */
function pooled(pool: Pool): PostgresPool {
  const broken = new WeakSet<PoolClient>();
  // A connection that fails while nobody asks it anything would end the process.
  pool.on("error", () => undefined);
  pool.on("connect", (client) => client.on("error", () => broken.add(client)));
  return {
    async connect() {
      const client = await pool.connect().catch((error: unknown) => {
        throw StoreUnreachable.unlessAnswered(error);
      });
      const query: unknown = (text: string, values: unknown[]) =>
        client.query(text, values).catch((error: unknown) => {
          throw broken.has(client) ? StoreUnreachable.unlessAnswered(error) : error;
        });
      // Kysely's type has an overload for cursors too, which need a package of their own.
      return { query: query as PostgresPoolClient["query"], release: () => client.release() };
    },
    end: () => pool.end(),
  };
}

/** A store that consoles may share; whoever opens it says where by a URL, which holds a password. */
export function postgresDialect(url: string): Dialect {
  const pool = new Pool({
    connectionString: url,
    application_name: "rocketdeck",
    max: CONNECTIONS,
    connectionTimeoutMillis: CONNECT_MS,
    idleTimeoutMillis: IDLE_MS,
    keepAlive: true,
    types: parsers,
  });
  return new PooledDialect({ pool: pooled(pool) });
}
