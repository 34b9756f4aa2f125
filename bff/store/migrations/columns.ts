import type { ColumnDefinitionBuilder } from "kysely";

export const autoIncrement = (column: ColumnDefinitionBuilder): ColumnDefinitionBuilder =>
  column.primaryKey().autoIncrement().notNull();
