/**
 * Actions that a row of the contract may need, `<resource>:<verb>`.
 * `public` is open to everybody, `self` to every signed-in person; all others are granted to a role.
 */
export const actions = [
  "public",
  "self",
  "instance:read",
  "instance:create",
  "instance:update",
  "instance:delete",
  "topic:read",
  "topic:create",
  "topic:update",
  "topic:delete",
  "group:read",
  "group:create",
  "group:update",
  "group:delete",
  "offset:reset",
  "message:read",
  "message:send",
  "message:consume",
  "message:push",
  "message:recall",
  "message:resume",
  "job:read",
  "job:cancel",
  "audit:read",
] as const;
export type Action = (typeof actions)[number];
