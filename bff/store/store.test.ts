import { getMigrations } from "better-auth/db/migration";
import { pino } from "pino";
import { expect, test } from "vitest";
import { createBetterAuth } from "../auth/better-auth.ts";
import { readConfig } from "../config.ts";
import { createSecrets } from "./secrets.ts";
import { openStore } from "./store.ts";

test("the migrations make every table and column that Better Auth needs", async () => {
  const db = await openStore(":memory:");
  try {
    const auth = createBetterAuth({
      config: readConfig({}),
      db,
      secrets: createSecrets("k".repeat(32)),
      log: pino({ level: "silent" }),
    });
    const { toBeAdded, toBeCreated } = await getMigrations(auth.options);
    expect(toBeCreated).toEqual([]);
    expect(toBeAdded).toEqual([]);
  } finally {
    await db.destroy();
  }
});
