import { PostgresAdapter, type ColumnDefinitionBuilder, type Kysely } from "kysely";

/** Column types that have another name in each database; `truth` and `moment` are what Better Auth expects there. */
export function columnsOf<DB>(db: Kysely<DB>) {
  const postgres = db.getExecutor().adapter instanceof PostgresAdapter;
  return {
    serial: postgres ? "serial" : "integer",
    truth: postgres ? "boolean" : "integer",
    moment: postgres ? "timestamptz" : "date",
    numbered: (column: ColumnDefinitionBuilder) => {
      const key = column.primaryKey().notNull();
      return postgres ? key : key.autoIncrement();
    },
  } as const;
}
