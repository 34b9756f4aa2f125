import { randomBytes } from "node:crypto";
import type {
  Connection,
  ConnectionReport,
  Instance,
  InstanceItem,
  InstancePlan,
  UpdateInstance,
} from "#contract/instance.ts";
import type { ListInput } from "#contract/list.ts";
import type { Deps } from "../../api/deps.ts";
import { onPage } from "../../cluster/ranking.ts";
import type { PlanKind } from "../../cluster/plans.ts";
import { reachableOf } from "../../cluster/registry.ts";
import { Problem } from "../../base/problem.ts";
import { testConnection } from "../../rocketmq/admin/connection-test.ts";
import { isDuplicate } from "../../store/dialect.ts";
import type { InstanceRow } from "../../store/schema.ts";
import { completed, connectionColumns, leadsElsewhere } from "./connection.ts";
import { healthOf } from "./instance-health.ts";
import { digestOfMasked, fieldChanges, planOfFields } from "./instance-plan.ts";
import { presentInstance, presentReport, selectInstances } from "./instance.presenter.ts";
import { sameAs } from "./same-cluster.ts";
import { TestLimit } from "./test-limit.ts";

const DAY_MS = 86_400_000;

type ListQuery = ListInput & {
  state?: Instance["state"];
  recycled: boolean;
  tagKey?: string;
  tagValue?: string;
};

type Registration = Connection & {
  name: string;
  description: string;
  tags: Record<string, string>;
  force: boolean;
};

/** Who asks: whose connection tests are counted. */
type Person = { username: string };

const nameTaken = () => new Problem("CONFLICT", { issues: [{ path: "name", message: "nameTaken" }] });

/** Two may ask for one name at the same moment: the store decides. */
async function namedOnce(write: Promise<unknown>): Promise<void> {
  try {
    await write;
  } catch (error) {
    throw isDuplicate(error) ? nameTaken() : error;
  }
}

export class InstanceService {
  readonly #deps: Deps;
  readonly #limit: TestLimit;

  constructor(deps: Deps) {
    this.#deps = deps;
    this.#limit = new TestLimit(deps.config.connectionTestsPerMinute, deps.now);
  }

  async list(query: ListQuery, isTheirs: (instanceId: string) => boolean) {
    const rows = await this.#deps.db
      .selectFrom("instance")
      .selectAll()
      .where("recycledAt", query.recycled ? "is not" : "is", null)
      .execute();
    const chosen = selectInstances(
      rows.filter(({ id }) => isTheirs(id)).map((row) => this.#present(row)),
      query,
    );
    const { findings, monitor, stats } = this.#deps;
    return {
      items: onPage(chosen, query).map((one): InstanceItem => ({
        ...one,
        findings: one.recycledAt === null ? findings.briefOf(one.id) : null,
        health: one.recycledAt === null ? healthOf(monitor.lastSighting(one.id), stats.peek(one.id)) : null,
      })),
      total: chosen.length,
      failures: [],
      at: this.#deps.now(),
    };
  }

  async get(id: string): Promise<Instance> {
    return this.#present(await this.#row(id));
  }

  async test(by: Person, connection: Connection, instanceId?: string): Promise<ConnectionReport> {
    const stored = instanceId === undefined ? undefined : await this.#row(instanceId);
    const complete = completed(connection, stored, this.#deps.secrets);
    this.#limit.take(by.username);
    const report = await this.#test(complete);
    return { ...report, sameAs: await sameAs(this.#deps.db, report, instanceId) };
  }

  async register(by: Person, { name, description, tags, force, ...connection }: Registration): Promise<Instance> {
    const { db, secrets, now } = this.#deps;
    await this.#refuseTaken(name);
    const complete = completed(connection, undefined, secrets);
    this.#limit.take(by.username);
    if (!force) this.#refuseFailed(await this.#test(complete), complete);
    const id = `rmq-${randomBytes(6).toString("hex")}`;
    const at = now();
    await namedOnce(
      db
        .insertInto("instance")
        .values({
          id,
          name,
          description,
          tags: JSON.stringify(tags),
          ...connectionColumns(id, complete, secrets),
          state: "unknown",
          createdAt: at,
          updatedAt: at,
        })
        .execute(),
    );
    if (!force) await this.#deps.monitor.sighting(id);
    return this.get(id);
  }

  /** What is left out stays. The plan shows what changes; a connection that leads elsewhere is tested when it is applied. */
  update(): PlanKind<UpdateInstance, InstancePlan> {
    const { db, secrets, now } = this.#deps;
    return {
      kind: "instance.update",
      subject: () => "",
      prepare: async ({ instanceId, name, description, tags, connection, force }) => {
        const row = await this.#active(instanceId);
        if (name !== undefined && name !== row.name) await this.#refuseTaken(name);
        const complete = connection === undefined ? undefined : completed(connection, row, secrets);
        const set = {
          ...(name !== undefined && { name }),
          ...(description !== undefined && { description }),
          ...(tags !== undefined && { tags: JSON.stringify(tags) }),
          ...(complete !== undefined && connectionColumns(instanceId, complete, secrets)),
        };
        const before = presentInstance(row, this.#deps.config.recycleDays);
        return {
          shown: planOfFields(fieldChanges(row, { ...row, ...set }, secrets)),
          ...(connection !== undefined && { unshown: digestOfMasked(row, secrets) }),
          check: async ({ username }) => {
            if (force || complete === undefined || !leadsElsewhere(reachableOf(row, secrets), complete)) return;
            this.#limit.take(username);
            this.#refuseFailed(await this.#test(complete), complete);
          },
          apply: async () => {
            const write = db
              .updateTable("instance")
              .set({ ...set, ...(complete && { state: "unknown" }), updatedAt: now() });
            await namedOnce(write.where("id", "=", instanceId).execute());
            if (complete !== undefined) await this.#forget(instanceId);
            return [];
          },
          // How the cluster was reached before is not kept: it may hold a secret that was taken away on purpose.
          ...(connection === undefined && {
            inverse: () => ({
              instanceId,
              force: false,
              ...(name !== undefined && { name: before.name }),
              ...(description !== undefined && { description: before.description }),
              ...(tags !== undefined && { tags: before.tags }),
            }),
          }),
        };
      },
    };
  }

  async recycle(id: string): Promise<Instance> {
    const { db, now } = this.#deps;
    await this.#active(id);
    await db.updateTable("instance").set({ recycledAt: now(), updatedAt: now() }).where("id", "=", id).execute();
    await this.#forget(id);
    return this.get(id);
  }

  async restore(id: string): Promise<Instance> {
    const { db, now } = this.#deps;
    await this.#recycled(id);
    await namedOnce(
      db
        .updateTable("instance")
        .set({ recycledAt: null, state: "unknown", updatedAt: now() })
        .where("id", "=", id)
        .execute(),
    );
    return this.get(id);
  }

  async destroy(id: string, name: string): Promise<{ id: string }> {
    const row = await this.#recycled(id);
    if (row.name !== name) throw new Problem("BAD_REQUEST", { issues: [{ path: "name", message: "nameMismatch" }] });
    await this.#erase(id);
    return { id };
  }

  /** Destroys what has been in the recycle bin for too long. */
  async purge(): Promise<void> {
    const { db, now, config, log, audit } = this.#deps;
    const old = await db
      .selectFrom("instance")
      .select(["id", "name"])
      .where("recycledAt", "<", now() - config.recycleDays * DAY_MS)
      .execute();
    for (const { id, name } of old) {
      const end = await audit.begin({ who: "RocketDeck", row: "console.purge", instanceId: id, subject: { name } });
      await this.#erase(id);
      await end({ outcome: "ok" });
      log.info({ instanceId: id, name }, "a recycled instance was destroyed: its time in the recycle bin is over");
    }
  }

  async #erase(id: string): Promise<void> {
    await this.#forget(id);
    await this.#deps.monitor.series.forget(id);
    await this.#deps.db.deleteFrom("instance").where("id", "=", id).execute();
  }

  async #forget(id: string): Promise<void> {
    this.#deps.findings.forget(id);
    await this.#deps.monitor.forget(id);
  }

  async #test(connection: Connection): Promise<Omit<ConnectionReport, "sameAs">> {
    const cluster = this.#deps.clusters.open(connection);
    try {
      return presentReport(await testConnection(cluster));
    } finally {
      cluster.close();
    }
  }

  #refuseFailed(report: Pick<ConnectionReport, "ok" | "clusters" | "steps">, connection: Connection): void {
    if (report.clusters.length > 1 && connection.clusterName === undefined) {
      throw new Problem("BAD_REQUEST", { issues: [{ path: "clusterName", message: "chooseCluster" }] });
    }
    if (report.ok) return;
    const failed = report.steps.findLast((step) => !step.ok);
    throw new Problem(failed?.code ?? "CONNECT_FAILED", { address: failed?.target, remark: failed?.detail });
  }

  async #refuseTaken(name: string): Promise<void> {
    const same = await this.#deps.db
      .selectFrom("instance")
      .select("id")
      .where("name", "=", name)
      .where("recycledAt", "is", null)
      .executeTakeFirst();
    if (same !== undefined) throw nameTaken();
  }

  async #row(id: string): Promise<InstanceRow> {
    const row = await this.#deps.db.selectFrom("instance").selectAll().where("id", "=", id).executeTakeFirst();
    if (row === undefined) throw new Problem("INSTANCE_NOT_FOUND");
    return row;
  }

  async #active(id: string): Promise<InstanceRow> {
    const row = await this.#row(id);
    if (row.recycledAt !== null) throw new Problem("INSTANCE_NOT_FOUND");
    return row;
  }

  async #recycled(id: string): Promise<InstanceRow> {
    const row = await this.#row(id);
    if (row.recycledAt === null) throw new Problem("CONFLICT");
    return row;
  }

  #present(row: InstanceRow): Instance {
    const shown = presentInstance(row, this.#deps.config.recycleDays);
    return { ...shown, clusterName: shown.clusterName ?? this.#deps.monitor.lastSighting(row.id)?.clusterName ?? null };
  }
}
