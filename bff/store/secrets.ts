import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";

export interface Secrets {
  /** AES-256-GCM; `context` (e.g. `instance:<id>:secretKey`) must be the same when it is opened. */
  seal(plain: string, context: string): string;
  open(sealed: string, context: string): string;
  /** A key of its own for another purpose, as hex. */
  derive(purpose: string): string;
}

export class SecretUnreadable extends Error {
  constructor(cause?: unknown) {
    super("A stored secret cannot be opened: the secret key is not the one it was sealed with", { cause });
    this.name = "SecretUnreadable";
  }
}

const VERSION = "v1";

/** Sealed text is `v1.<iv>.<tag>.<ciphertext>`, each base64url. */
export function createSecrets(masterKey: string): Secrets {
  const derive = (purpose: string) => Buffer.from(hkdfSync("sha256", masterKey, "rocketdeck", purpose, 32));
  const key = derive("seal");
  return {
    seal(plain, context) {
      const iv = randomBytes(12);
      const cipher = createCipheriv("aes-256-gcm", key, iv).setAAD(Buffer.from(context));
      const text = Buffer.concat([cipher.update(plain, "utf8"), cipher.final()]);
      return [VERSION, ...[iv, cipher.getAuthTag(), text].map((part) => part.toString("base64url"))].join(".");
    },
    open(sealed, context) {
      const [version, iv, tag, text] = sealed.split(".");
      if (version !== VERSION || iv === undefined || tag === undefined || text === undefined)
        throw new SecretUnreadable();
      try {
        const decipher = createDecipheriv("aes-256-gcm", key, Buffer.from(iv, "base64url"), { authTagLength: 16 })
          .setAAD(Buffer.from(context))
          .setAuthTag(Buffer.from(tag, "base64url"));
        return Buffer.concat([decipher.update(Buffer.from(text, "base64url")), decipher.final()]).toString("utf8");
      } catch (cause) {
        throw new SecretUnreadable(cause);
      }
    },
    derive: (purpose) => derive(purpose).toString("hex"),
  };
}
