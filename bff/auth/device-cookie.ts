import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { Secrets } from "../store/secrets.ts";

/** As long as browsers keep any cookie. */
const KEEP_S = 400 * 86_400;

const Token = /^([\w-]{22})\.([\w-]{43})$/;

/** Tells browsers that have signed in before from strangers; one cookie a name, since people share browsers. */
export interface DeviceCookies {
  /** What this browser is known by, if the cookie was earned with the password that the account still has. */
  find(headers: Headers, username: string, passwordHash: string): string | undefined;
  /** A `Set-Cookie` that makes a browser known. */
  issue(username: string, passwordHash: string, device?: string): string;
}

function cookieOf(headers: Headers, name: string): string | undefined {
  for (const pair of (headers.get("cookie") ?? "").split(";")) {
    const at = pair.indexOf("=");
    if (pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
  }
  return undefined;
}

export function createDeviceCookies(secrets: Secrets, prefix: string): DeviceCookies {
  const key = secrets.derive("devices");
  const mac = (...parts: string[]) => createHmac("sha256", key).update(JSON.stringify(parts)).digest();
  const nameOf = (username: string) => `${prefix}.device.${mac("name", username).toString("hex").slice(0, 12)}`;
  return {
    find(headers, username, passwordHash) {
      const [, device, signature] = Token.exec(cookieOf(headers, nameOf(username)) ?? "") ?? [];
      if (device === undefined || signature === undefined) return undefined;
      const right = mac("device", username, passwordHash, device);
      const given = Buffer.from(signature, "base64url");
      return given.length === right.length && timingSafeEqual(given, right) ? device : undefined;
    },
    issue(username, passwordHash, device = randomBytes(16).toString("base64url")) {
      const signature = mac("device", username, passwordHash, device).toString("base64url");
      const scope = prefix.startsWith("__Host-") ? "Path=/; Secure" : "Path=/api";
      const attributes = `Max-Age=${KEEP_S}; ${scope}; HttpOnly; SameSite=Lax`;
      return `${nameOf(username)}=${device}.${signature}; ${attributes}`;
    },
  };
}
