import type { Config } from "../base/config.ts";
import { isDuplicate } from "../store/dialect.ts";
import type { Store } from "../store/store.ts";
import type { Auth } from "./auth.ts";
import { generatePassword } from "./passwords.ts";

/** Makes the administrator when there is no account yet; answers the password when it was generated and must be told. */
export async function ensureFirstAdministrator(
  config: Config,
  db: Store,
  auth: Auth,
): Promise<{ username: string; password: string } | undefined> {
  const someone = await db.selectFrom("user").select("id").limit(1).executeTakeFirst();
  if (someone !== undefined) return undefined;
  const username = config.adminUsername;
  const password = config.adminPassword ?? generatePassword();
  try {
    await auth.createUser(username, password, "administrator", config.adminPassword === undefined);
  } catch (error) {
    // Another console that started with this one has made it.
    if (isDuplicate(error)) return undefined;
    throw error;
  }
  return config.adminPassword === undefined ? { username, password } : undefined;
}
