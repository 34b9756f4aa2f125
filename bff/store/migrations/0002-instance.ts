import type { Kysely } from "kysely";

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("instance")
    .addColumn("id", "text", (c) => c.primaryKey().notNull())
    .addColumn("name", "text", (c) => c.notNull())
    .addColumn("description", "text", (c) => c.notNull())
    .addColumn("namesrvAddrs", "text", (c) => c.notNull())
    .addColumn("clusterName", "text")
    .addColumn("accessKey", "text")
    .addColumn("secretKey", "text")
    .addColumn("tls", "integer", (c) => c.notNull())
    .addColumn("tlsCa", "text")
    .addColumn("tlsVerify", "integer", (c) => c.notNull())
    .addColumn("proxyAddrs", "text", (c) => c.notNull())
    .addColumn("proxyRemotingAddrs", "text", (c) => c.notNull())
    .addColumn("metricsUrl", "text")
    .addColumn("tags", "text", (c) => c.notNull())
    .addColumn("state", "text", (c) => c.notNull())
    .addColumn("stateAt", "bigint")
    .addColumn("version", "text")
    .addColumn("type", "text")
    .addColumn("masters", "integer")
    .addColumn("slaves", "integer")
    .addColumn("createdAt", "bigint", (c) => c.notNull())
    .addColumn("updatedAt", "bigint", (c) => c.notNull())
    .addColumn("recycledAt", "bigint")
    .execute();
}
