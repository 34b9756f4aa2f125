import { z } from "zod";
import { EpochMs, Failure, Flag, Id, InstanceRef } from "./list.ts";
import { row } from "./row.ts";
import { VIEW_NAME_MAX, VIEW_QUERY_MAX } from "./rules/limits.ts";

const tags = ["Saved views"];

/** Pages whose views can be saved. */
const Page = z.enum(["messageScan"]);
export type SavedPage = z.infer<typeof Page>;

/** What a page showed, under a name. */
export const SavedView = z.object({
  id: Id,
  name: z.string(),
  /** The query of its URL. */
  query: z.string(),
  owner: z.string(),
  /** All who see the instance see it. */
  shared: z.boolean(),
  savedAt: EpochMs,
});
export type SavedView = z.infer<typeof SavedView>;

export const savedViewContract = {
  /** One's own, and those that others share. */
  list: row("instance:read", { on: "instance", audit: "none" })
    .route({ method: "GET", path: "/instances/{instanceId}/saved-views", tags })
    .input(InstanceRef.extend({ page: Page }))
    .output(z.object({ items: z.array(SavedView), failures: z.array(Failure) })),
  /** Under a name that one has used already it takes the place of that one. */
  save: row("instance:read", { on: "instance", audit: "write" })
    .route({ method: "POST", path: "/instances/{instanceId}/saved-views", tags })
    .input(
      InstanceRef.extend({
        page: Page,
        name: z.string().trim().min(1, "name.empty").max(VIEW_NAME_MAX),
        query: z.string().max(VIEW_QUERY_MAX),
        shared: Flag,
      }),
    )
    .output(SavedView),
  /** One's own alone; NOT_FOUND where there is none. */
  remove: row("instance:read", { on: "instance", audit: "write" })
    .route({ method: "DELETE", path: "/instances/{instanceId}/saved-views/{viewId}", tags })
    .input(InstanceRef.extend({ viewId: Id }))
    .output(z.object({})),
};
