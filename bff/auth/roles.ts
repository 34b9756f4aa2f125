import { actions, type Action } from "#contract/action.ts";
import { Role } from "#contract/session.ts";

/** What each role may do, row by row of the contract. */
const grants: Record<Role, (action: Action) => boolean> = {
  administrator: () => true,
  // What others did is no business of somebody who may look at clusters.
  readonly: (action) => action.endsWith(":read") && action !== "audit:read",
};

/** An unknown role, as an older console may meet it in its store, may do nothing. */
export function mayDo(role: Role | undefined, action: Action): boolean {
  if (role === undefined) return false;
  return action === "public" || action === "self" || grants[role](action);
}

export function actionsOf(role: Role | undefined): Action[] {
  return actions.filter((action) => mayDo(role, action));
}

export function roleOf(text: unknown): Role | undefined {
  return Role.safeParse(text).data;
}
