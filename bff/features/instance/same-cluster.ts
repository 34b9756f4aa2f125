import type { ConnectionReport } from "#contract/instance.ts";
import type { Store } from "../../store/store.ts";

/** More would say nothing new, and a statement takes only so many values. */
const BROKERS = 500;

/** Instances in use, but for the one that is tested, of which a broker was last seen at an address of this cluster. */
export function sameAs(
  db: Store,
  { brokers }: Pick<ConnectionReport, "brokers">,
  tested: string | undefined,
): Promise<ConnectionReport["sameAs"]> {
  const addrs = brokers.slice(0, BROKERS).map(({ addr }) => addr);
  if (addrs.length === 0) return Promise.resolve([]);
  return db
    .selectFrom("instance")
    .select(["id", "name"])
    .where("recycledAt", "is", null)
    .where("id", "!=", tested ?? "")
    .where("id", "in", db.selectFrom("broker").select("instanceId").where("addr", "in", addrs))
    .orderBy("name")
    .execute();
}
