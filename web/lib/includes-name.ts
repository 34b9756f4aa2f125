/** Whether a name contains what was typed, as the server's own search has it. */
export const includesName = (name: string, typed: string): boolean =>
  name.toLowerCase().includes(typed.trim().toLowerCase());
