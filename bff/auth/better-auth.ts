import { betterAuth, type BetterAuthOptions } from "better-auth";
import { kyselyAdapter } from "@better-auth/kysely-adapter";
import { username } from "better-auth/plugins/username";
import type { Logger } from "pino";
import { PASSWORD_MAX, PASSWORD_MIN } from "#contract/rules/limits.ts";
import type { Config } from "../base/config.ts";
import { databaseTypeOf } from "../store/dialect.ts";
import type { Secrets } from "../store/secrets.ts";
import type { Store } from "../store/store.ts";
import { cookiePrefix, isHttps } from "./cookie-names.ts";
import { hashingTokens } from "./hashed-tokens.ts";

/** Set by the console from the connection itself, so that no client can choose its own address. */
export const ADDRESS_HEADER = "x-rocketdeck-address";

export interface AuthParts {
  config: Config;
  db: Store;
  secrets: Secrets;
  log: Logger;
}

/** Better Auth, used as a library: none of its own URLs is mounted. */
export function createBetterAuth({ config, db, secrets, log }: AuthParts) {
  return betterAuth({
    appName: "RocketDeck",
    baseURL: config.publicUrl ?? "http://localhost",
    secret: secrets.derive("cookies"),
    database: (options: BetterAuthOptions) => hashingTokens(kyselyAdapter(db, { type: databaseTypeOf(db) })(options)),
    telemetry: { enabled: false },
    logger: {
      level: "warn",
      log: (level, message) => log[level === "error" ? "error" : "debug"]({ from: "auth" }, message),
    },
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: PASSWORD_MIN,
      maxPasswordLength: PASSWORD_MAX,
    },
    session: { expiresIn: config.sessionHours * 3600, updateAge: Math.min(3600, config.sessionHours * 600) },
    advanced: {
      cookiePrefix: cookiePrefix(config, secrets),
      // It would put `__Secure-` before the prefix.
      useSecureCookies: false,
      ipAddress: { ipAddressHeaders: [ADDRESS_HEADER] },
      defaultCookieAttributes: { httpOnly: true, sameSite: "lax", path: "/", secure: isHttps(config) },
    },
    user: {
      additionalFields: {
        role: { type: "string", input: false },
        mustChangePassword: { type: "boolean", input: false },
      },
    },
    plugins: [
      username({
        minUsernameLength: 1,
        maxUsernameLength: 64,
        usernameValidator: (name) => /^[A-Za-z0-9_.@-]+$/.test(name),
      }),
    ],
  });
}
