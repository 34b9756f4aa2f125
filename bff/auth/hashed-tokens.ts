import { createHash } from "node:crypto";
import type { DBAdapter, DBTransactionAdapter, Where } from "better-auth/adapters";

/** Tokens have 190 random bits, so a plain hash of one cannot be guessed at. */
const hashOf = (token: unknown) => createHash("sha256").update(String(token)).digest("base64url");

interface Asked {
  model: string;
  where: Where[];
}

const tokenOf = ({ model, where }: Asked): unknown =>
  model === "session" ? where.find(({ field }) => field === "token")?.value : undefined;

/** What is asked, by the hash of the token that it names. */
function hashed<T extends Asked>(asked: T): T {
  if (tokenOf(asked) === undefined) return asked;
  const where = asked.where.map((one) => {
    if (one.field !== "token") return one;
    return { ...one, value: Array.isArray(one.value) ? one.value.map(hashOf) : hashOf(one.value) };
  });
  return { ...asked, where };
}

/** A row as Better Auth expects it: with the token by which it was asked for. */
function withToken<R>(row: R, token: unknown): R {
  if (typeof token === "string" && typeof row === "object" && row !== null) Object.assign(row, { token });
  return row;
}

function hashing(adapter: DBTransactionAdapter): DBTransactionAdapter {
  return {
    ...adapter,
    create: async (asked) => {
      if (asked.model !== "session") return adapter.create(asked);
      const { token } = asked.data as { token?: unknown };
      return withToken(await adapter.create({ ...asked, data: { ...asked.data, token: hashOf(token) } }), token);
    },
    findOne: async (asked) => withToken(await adapter.findOne(hashed(asked)), tokenOf(asked)),
    findMany: async (asked) =>
      adapter.findMany(asked.where === undefined ? asked : hashed({ ...asked, where: asked.where })),
    update: async (asked) => withToken(await adapter.update(hashed(asked)), tokenOf(asked)),
    updateMany: (asked) => adapter.updateMany(hashed(asked)),
    delete: (asked) => adapter.delete(hashed(asked)),
    deleteMany: (asked) => adapter.deleteMany(hashed(asked)),
  };
}

/**
 * Keeps only hashes of session tokens, so that nobody signs in with what a copy of the store holds. Better Auth has no option for it.
 * A session that was found by something else than its token has the hash there.
 */
export function hashingTokens(adapter: DBAdapter): DBAdapter {
  return {
    ...adapter,
    ...hashing(adapter),
    transaction: (work) => adapter.transaction((inner) => work(hashing(inner))),
  };
}
