import type { CurrentUser } from "#contract/session.ts";
import { api } from "../../api/api.ts";
import type { Deps } from "../../api/deps.ts";
import { InstanceService } from "./instance.service.ts";
import { readStorage, retentionChange } from "./storage.ts";

const PURGE_MS = 3_600_000;

export const instanceHandlers = (deps: Deps) => {
  const service = new InstanceService(deps);
  const rows = api.instance;
  const { plans } = deps;
  const readableBy = (user: CurrentUser) => (instanceId: string) =>
    deps.auth.may(user, "instance:read", { kind: "instance", instanceId });
  deps.background.add({ what: "emptying the recycle bin", everyMs: PURGE_MS, run: () => service.purge() });
  const [update, retention] = [service.update(), retentionChange(deps)];
  return {
    list: rows.list.handler(({ input, context }) => service.list(input, readableBy(context.user))),
    get: rows.get.handler(({ input }) => service.get(input.instanceId)),
    test: rows.test.handler(async ({ input: { instanceId, ...connection }, context }) => {
      const report = await service.test(context.user, connection, instanceId);
      const readable = readableBy(context.user);
      return { ...report, sameAs: report.sameAs.filter(({ id }) => readable(id)) };
    }),
    register: rows.register.handler(async ({ input, context }) => {
      const instance = await service.register(context.user, input);
      context.note({ instanceId: instance.id });
      return instance;
    }),
    planUpdate: rows.planUpdate.handler(({ input, context: { user } }) =>
      plans.make(update, { instanceId: input.instanceId, user }, input),
    ),
    planUndo: rows.planUndo.handler(({ input, context: { user } }) =>
      plans.undo(update, { ...input, subject: "", user }),
    ),
    update: rows.update.handler(({ input, context: { user } }) => plans.apply(update, { ...input, subject: "", user })),
    storage: rows.storage.handler(async ({ input, signal }) => ({
      ...(await readStorage(await deps.clusters.get(input.instanceId, signal))),
      at: deps.now(),
    })),
    planRetention: rows.planRetention.handler(({ input, context: { user }, signal }) =>
      plans.make(retention, { instanceId: input.instanceId, user }, input, signal),
    ),
    planRetentionUndo: rows.planRetentionUndo.handler(({ input, context: { user }, signal }) =>
      plans.undo(retention, { ...input, subject: "", user }, signal),
    ),
    setRetention: rows.setRetention.handler(({ input, context: { user } }) =>
      plans.apply(retention, { ...input, subject: "", user }),
    ),
    recycle: rows.recycle.handler(({ input }) => service.recycle(input.instanceId)),
    restore: rows.restore.handler(({ input }) => service.restore(input.instanceId)),
    destroy: rows.destroy.handler(({ input }) => service.destroy(input.instanceId, input.name)),
  };
};
