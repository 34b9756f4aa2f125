import { oneOf, text, type ListSearch } from "./search.ts";

/** What the frames are for; texts of each are in the namespace of that name. */
export type Resource = "topic" | "group";

/** What the URL of their list holds beside the list's own state. */
export const resourceFields = {
  broker: text,
  open: oneOf("create", "edit", "delete"),
  /** What an open drawer is about. */
  of: text,
};

export interface ResourceSearch extends ListSearch {
  broker?: string;
  open?: "create" | "edit" | "delete";
  of?: string;
}
