import { randomUUID } from "node:crypto";
import { hashPassword } from "better-auth/crypto";
import type { Role } from "#contract/session.ts";
import type { Store } from "../store/store.ts";

/** Accounts as Better Auth keeps them, for what it does only on behalf of somebody who is signed in. */
const CREDENTIAL = "credential";

export const USERNAME_PATTERN = /^[A-Za-z0-9_.@-]{1,64}$/;

/** The account of a username and the hash of its password. */
export function findAccount(db: Store, username: string): Promise<{ userId: string; password: string } | undefined> {
  return db
    .selectFrom("user")
    .innerJoin("account", "account.userId", "user.id")
    .select(["user.id as userId", "account.password"])
    .where("user.username", "=", username.toLowerCase())
    .where("account.providerId", "=", CREDENTIAL)
    .where("account.password", "is not", null)
    .$narrowType<{ password: string }>()
    .executeTakeFirst();
}

/** Makes an account; `mustChange` asks for a new password at the first sign-in. */
export async function createUser(
  db: Store,
  username: string,
  password: string,
  role: Role,
  mustChange: boolean,
): Promise<void> {
  const hash = await hashPassword(password);
  const id = randomUUID();
  const at = new Date().toISOString();
  const times = { createdAt: at, updatedAt: at };
  await db.transaction().execute(async (trx) => {
    await trx
      .insertInto("user")
      .values({
        id,
        name: username,
        username: username.toLowerCase(),
        displayUsername: username,
        // Better Auth wants an address; people of the console are known by username alone.
        email: `${username.toLowerCase().replaceAll("@", ".at.")}@rocketdeck.invalid`,
        emailVerified: 1,
        role,
        mustChangePassword: mustChange ? 1 : 0,
        ...times,
      })
      .execute();
    await trx
      .insertInto("account")
      .values({ id: randomUUID(), accountId: id, providerId: CREDENTIAL, userId: id, password: hash, ...times })
      .execute();
  });
}

/** Gives an account another password, which has to be changed at the next sign-in, and ends its sessions. */
export async function resetPassword(db: Store, userId: string, password: string): Promise<void> {
  const hash = await hashPassword(password);
  const updatedAt = new Date().toISOString();
  await db.transaction().execute(async (trx) => {
    await trx
      .updateTable("account")
      .set({ password: hash, updatedAt })
      .where("userId", "=", userId)
      .where("providerId", "=", CREDENTIAL)
      .execute();
    await trx.updateTable("user").set({ mustChangePassword: 1, updatedAt }).where("id", "=", userId).execute();
    await trx.deleteFrom("session").where("userId", "=", userId).execute();
  });
}

/** Everybody who has an account, and how often they are signed in. */
export function listUsers(db: Store) {
  return db
    .selectFrom("user")
    .leftJoin("session", (join) =>
      join.onRef("session.userId", "=", "user.id").on("session.expiresAt", ">", new Date().toISOString()),
    )
    .select((eb) => [
      "user.name as username",
      "user.role",
      "user.mustChangePassword",
      eb.fn.count<number>("session.id").as("sessions"),
    ])
    .groupBy("user.id")
    .orderBy("user.username")
    .execute();
}
