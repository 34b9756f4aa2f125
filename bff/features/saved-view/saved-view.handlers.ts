import { randomUUID } from "node:crypto";
import type { SavedPage, SavedView } from "#contract/saved-view.ts";
import { api } from "../../api/api.ts";
import type { Deps } from "../../api/deps.ts";
import { Problem } from "../../base/problem.ts";

/** Views of one person on a page of an instance, and views of all that are listed. */
const OF_ONE = 100;
const LISTED = 500;

interface Saving {
  instanceId: string;
  page: SavedPage;
  name: string;
  query: string;
  shared: boolean;
}

async function listViews({ db }: Deps, { instanceId, page }: Pick<Saving, "instanceId" | "page">, owner: string) {
  const rows = await db
    .selectFrom("savedView")
    .select(["id", "name", "query", "owner", "shared", "savedAt"])
    .where("instanceId", "=", instanceId)
    .where("page", "=", page)
    .where((where) => where.or([where("owner", "=", owner), where("shared", "=", 1)]))
    .orderBy("name")
    .limit(LISTED)
    .execute();
  return rows.map((row): SavedView => ({ ...row, shared: row.shared === 1 }));
}

async function saveView(deps: Deps, { shared, ...saving }: Saving, owner: string): Promise<SavedView> {
  const { db, clusters, now } = deps;
  // An unknown instance is told as one.
  await clusters.get(saving.instanceId);
  const own = (await listViews(deps, saving, owner)).filter((view) => view.owner === owner);
  if (own.length >= OF_ONE && !own.some(({ name }) => name === saving.name))
    throw new Problem("TOO_MANY_VIEWS", { params: { max: OF_ONE } });
  const bit = shared ? 1 : 0;
  const row = { ...saving, id: randomUUID(), owner, shared: bit, savedAt: now() } as const;
  const { id } = await db
    .insertInto("savedView")
    .values(row)
    .onConflict((on) =>
      on
        .columns(["instanceId", "page", "owner", "name"])
        .doUpdateSet({ query: row.query, shared: bit, savedAt: row.savedAt }),
    )
    .returning("id")
    .executeTakeFirstOrThrow();
  return { id, name: row.name, query: row.query, owner, shared, savedAt: row.savedAt };
}

export const savedViewHandlers = (deps: Deps) => ({
  list: api.savedView.list.handler(async ({ input, context }) => {
    await deps.clusters.get(input.instanceId);
    return { items: await listViews(deps, input, context.user.username), failures: [] };
  }),
  save: api.savedView.save.handler(({ input, context }) => saveView(deps, input, context.user.username)),
  remove: api.savedView.remove.handler(async ({ input, context }) => {
    const { numDeletedRows } = await deps.db
      .deleteFrom("savedView")
      .where("id", "=", input.viewId)
      .where("instanceId", "=", input.instanceId)
      .where("owner", "=", context.user.username)
      .executeTakeFirst();
    if (numDeletedRows === 0n) throw new Problem("NOT_FOUND");
    return {};
  }),
});
