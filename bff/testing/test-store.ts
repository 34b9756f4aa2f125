import { createHash, randomUUID } from "node:crypto";
import { Client, DatabaseError } from "pg";
import { inject } from "vitest";
import { openStore, type Store } from "../store/store.ts";

/** Whether this suite runs on PostgreSQL. */
export const onPostgres = () => inject("postgresUrl") !== undefined;

const DUPLICATE_DATABASE = "42P04";

/** Does something to the server, from without the database that a test has there. */
export async function administer(statement: string): Promise<void> {
  const client = new Client(inject("postgresUrl"));
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

const databaseOf = (dataDir: string) => `t_${createHash("sha256").update(dataDir).digest("hex").slice(0, 24)}`;

/** The database of a test console with this data directory, made when it is first asked for; undefined on SQLite. */
export async function testDatabaseUrl(dataDir: string): Promise<string | undefined> {
  const server = inject("postgresUrl");
  if (server === undefined) return undefined;
  const name = databaseOf(dataDir);
  await administer(`create database ${name}`).catch((error: unknown) => {
    if (!(error instanceof DatabaseError && error.code === DUPLICATE_DATABASE)) throw error;
  });
  return server.replace("/postgres?", `/${name}?`);
}

export async function dropTestDatabase(dataDir: string): Promise<void> {
  if (onPostgres()) await administer(`drop database if exists ${databaseOf(dataDir)} with (force)`);
}

/** What the console's own process is told of where its store is. */
export async function storeEnv(dataDir: string): Promise<Record<string, string>> {
  const url = await testDatabaseUrl(dataDir);
  return { ROCKETDECK_DATA_DIR: dataDir, ...(url === undefined ? {} : { ROCKETDECK_DATABASE_URL: url }) };
}

/** A store for one test alone. */
export async function openTestStore(): Promise<Store> {
  return openStore((await testDatabaseUrl(randomUUID())) ?? ":memory:");
}
