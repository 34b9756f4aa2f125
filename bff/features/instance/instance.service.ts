import { randomBytes } from "node:crypto";
import type { Connection, ConnectionReport, Instance } from "#contract/instance.ts";
import type { ListInput } from "#contract/list.ts";
import type { Deps } from "../../deps.ts";
import { Problem } from "../../problem.ts";
import { testConnection } from "../../rocketmq/admin/connection-test.ts";
import type { InstanceRow } from "../../store/schema.ts";
import { completed, connectionColumns } from "./connection.ts";
import { presentInstance, presentReport, selectInstances } from "./instance.presenter.ts";

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

type Change = {
  instanceId: string;
  name?: string;
  description?: string;
  tags?: Record<string, string>;
  connection?: Connection;
};

const nameTaken = () => new Problem("CONFLICT", { issues: [{ path: "name", message: "nameTaken" }] });

export class InstanceService {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  async list(query: ListQuery) {
    const rows = await this.#deps.db
      .selectFrom("instance")
      .selectAll()
      .where("recycledAt", query.recycled ? "is not" : "is", null)
      .execute();
    const chosen = selectInstances(
      rows.map((row) => this.#present(row)),
      query,
    );
    const start = (query.page - 1) * query.pageSize;
    return {
      items: chosen.slice(start, start + query.pageSize),
      total: chosen.length,
      failures: [],
      at: this.#deps.now(),
    };
  }

  async get(id: string): Promise<Instance> {
    return this.#present(await this.#row(id));
  }

  async test(connection: Connection, instanceId?: string): Promise<ConnectionReport> {
    const stored = instanceId === undefined ? undefined : await this.#row(instanceId);
    return this.#test(completed(connection, stored, this.#deps.secrets));
  }

  async register({ name, description, tags, force, ...connection }: Registration): Promise<Instance> {
    const { db, secrets, now } = this.#deps;
    await this.#refuseTaken(name);
    const whole = completed(connection, undefined, secrets);
    if (!force) this.#refuseFailed(await this.#test(whole), whole);
    const id = `rmq-${randomBytes(6).toString("hex")}`;
    const at = now();
    await db
      .insertInto("instance")
      .values({
        id,
        name,
        description,
        tags: JSON.stringify(tags),
        ...connectionColumns(id, whole, secrets),
        state: "unknown",
        createdAt: at,
        updatedAt: at,
      })
      .execute();
    if (!force) await this.#deps.sampler.look(id);
    return this.get(id);
  }

  async update({ instanceId, name, description, tags, connection }: Change): Promise<Instance> {
    const { db, secrets, now } = this.#deps;
    const row = await this.#active(instanceId);
    if (name !== undefined && name !== row.name) await this.#refuseTaken(name);
    const reach =
      connection === undefined ? {} : connectionColumns(instanceId, completed(connection, row, secrets), secrets);
    await db
      .updateTable("instance")
      .set({
        ...(name !== undefined && { name }),
        ...(description !== undefined && { description }),
        ...(tags !== undefined && { tags: JSON.stringify(tags) }),
        ...reach,
        ...(connection !== undefined && { state: "unknown" }),
        updatedAt: now(),
      })
      .where("id", "=", instanceId)
      .execute();
    if (connection !== undefined) await this.#forget(instanceId);
    return this.get(instanceId);
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
    const row = await this.#recycled(id);
    await this.#refuseTaken(row.name);
    await db
      .updateTable("instance")
      .set({ recycledAt: null, state: "unknown", updatedAt: now() })
      .where("id", "=", id)
      .execute();
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
    const { db, now, config, log } = this.#deps;
    const old = await db
      .selectFrom("instance")
      .select(["id", "name"])
      .where("recycledAt", "<", now() - config.recycleDays * DAY_MS)
      .execute();
    for (const { id, name } of old) {
      await this.#erase(id);
      log.info({ instanceId: id, name }, "a recycled instance was destroyed: its time in the recycle bin is over");
    }
  }

  async #erase(id: string): Promise<void> {
    await this.#forget(id);
    await this.#deps.history.forget(id);
    await this.#deps.db.deleteFrom("instance").where("id", "=", id).execute();
  }

  async #forget(id: string): Promise<void> {
    this.#deps.stats.forget(id);
    await this.#deps.sampler.forget(id);
  }

  async #test(connection: Connection): Promise<ConnectionReport> {
    const cluster = this.#deps.clusters.of(connection);
    try {
      return presentReport(await testConnection(cluster));
    } finally {
      cluster.close();
    }
  }

  #refuseFailed(report: ConnectionReport, connection: Connection): void {
    if (report.clusters.length > 1 && connection.clusterName === undefined) {
      throw new Problem("BAD_REQUEST", { issues: [{ path: "clusterName", message: "chooseCluster" }] });
    }
    const failed = report.ok ? undefined : report.steps.findLast((step) => !step.ok);
    if (failed !== undefined) {
      throw new Problem(failed.code ?? "CONNECT_FAILED", { address: failed.target, remark: failed.detail });
    }
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
    return { ...shown, clusterName: shown.clusterName ?? this.#deps.sampler.peek(row.id)?.clusterName ?? null };
  }
}
