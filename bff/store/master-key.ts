import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { StartError } from "../base/start-error.ts";
import { createSecrets, type Secrets } from "./secrets.ts";
import type { Store } from "./store.ts";

/** A row of the settings, sealed with the key: it tells a wrong key before any secret is asked for. */
const CANARY = "secretKeyCanary";

const keyFile = (dataDir: string) => join(dataDir, "secret.key");

function readKeyFile(dataDir: string): string | undefined {
  const file = keyFile(dataDir);
  if (!existsSync(file)) return undefined;
  if ((statSync(file).mode & 0o077) !== 0)
    throw new StartError(`${file} can be read by others; its mode must be 0600.`);
  const key = readFileSync(file, "utf8").trim();
  if (key.length < 32) throw new StartError(`${file} does not hold a key.`);
  return key;
}

function makeKeyFile(dataDir: string): string {
  const key = randomBytes(32).toString("base64url");
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  writeFileSync(keyFile(dataDir), `${key}\n`, { mode: 0o600, flag: "wx" });
  return key;
}

function opens(secrets: Secrets, { sealed, context }: Sealed): boolean {
  try {
    secrets.open(sealed, context);
    return true;
  } catch {
    return false;
  }
}

interface Sealed {
  sealed: string;
  context: string;
}

async function sealedSecrets(db: Store): Promise<Sealed[]> {
  const rows = await db.selectFrom("instance").select(["id", "secretKey"]).where("secretKey", "is not", null).execute();
  return rows.map(({ id, secretKey }) => ({ sealed: secretKey ?? "", context: `instance:${id}:secretKey` }));
}

async function readCanary(db: Store): Promise<Sealed | undefined> {
  const row = await db.selectFrom("setting").select("value").where("key", "=", CANARY).executeTakeFirst();
  return row && { sealed: row.value, context: CANARY };
}

function refusal(why: string, dataDir: string, count: number): StartError {
  return new StartError(
    [
      `${why}, and the store has ${count} ${count === 1 ? "secret" : "secrets"} of instances sealed with it.`,
      `Put the earlier key back: as ROCKETDECK_SECRET_KEY if it was given there, else as ${keyFile(dataDir)} (mode 0600).`,
      "If it is lost, `node dist/bff/main.js forget-secrets` removes these secrets, to be entered again in each instance's connection.",
    ].join("\n"),
  );
}

/**
 * The master key (given by configuration, else kept in a file that only its owner may read) as what it seals and opens.
 * One is made only where nothing is sealed yet; a wrong one is refused before anything is written.
 */
export async function openSecrets(db: Store, configured: string | undefined, dataDir: string): Promise<Secrets> {
  const sealed = await sealedSecrets(db);
  const known = configured ?? readKeyFile(dataDir);
  if (known === undefined && sealed.length > 0)
    throw refusal(`The secret key is gone: there is no ${keyFile(dataDir)}`, dataDir, sealed.length);
  const secrets = createSecrets(known ?? makeKeyFile(dataDir));
  const canary = await readCanary(db);
  if (canary !== undefined && opens(secrets, canary)) return secrets;
  // A store of before there were canaries is told by its secrets themselves.
  if (sealed.length > 0 && (canary !== undefined || !sealed.some((one) => opens(secrets, one))))
    throw refusal("This is another secret key than the one in use so far", dataDir, sealed.length);
  const value = secrets.seal("canary", CANARY);
  await db
    .insertInto("setting")
    .values({ key: CANARY, value })
    .onConflict((c) => c.column("key").doUpdateSet({ value }))
    .execute();
  return secrets;
}

/** Removes every sealed secret, so that another key may be used; answers the instances that had one. */
export async function forgetSecrets(db: Store): Promise<{ name: string; accessKey: string | null }[]> {
  return db.transaction().execute(async (trx) => {
    const instances = await trx
      .selectFrom("instance")
      .select(["name", "accessKey"])
      .where("secretKey", "is not", null)
      .execute();
    await trx
      .updateTable("instance")
      .set({ accessKey: null, secretKey: null })
      .where("secretKey", "is not", null)
      .execute();
    await trx.deleteFrom("setting").where("key", "=", CANARY).execute();
    return instances;
  });
}
