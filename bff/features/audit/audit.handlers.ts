import { api } from "../../api/api.ts";
import type { Deps } from "../../api/deps.ts";

export const auditHandlers = ({ audit, now }: Deps) => ({
  list: api.audit.list.handler(async ({ input }) => ({ ...(await audit.list(input)), failures: [], at: now() })),
});
