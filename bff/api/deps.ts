import type { Logger } from "pino";
import { createAuth, type Auth } from "../auth/auth.ts";
import { Plans } from "../cluster/plans.ts";
import { createClusters, type ClusterRegistry } from "../cluster/registry.ts";
import { Background } from "../base/background.ts";
import type { Config } from "../base/config.ts";
import { createJobRunner, type JobRunner } from "../jobs/job-runner.ts";
import { KnownBrokers } from "../cluster/known-brokers.ts";
import { createTelemetry, type Telemetry } from "../base/telemetry.ts";
import { Findings } from "../monitor/findings/findings.ts";
import { Monitor } from "../monitor/monitor.ts";
import type { SeriesSource } from "../monitor/series.ts";
import type { StatsSweep } from "../monitor/stats-sweep.ts";
import { AuditLog } from "../store/audit.ts";
import { StoreHealth } from "../store/health.ts";
import { openSecrets } from "../store/master-key.ts";
import type { Secrets } from "../store/secrets.ts";
import { openStore, storePlace, type Store } from "../store/store.ts";

/** What the handlers of every feature are made with. */
export interface Deps {
  config: Config;
  log: Logger;
  db: Store;
  secrets: Secrets;
  auth: Auth;
  /** Who did what. */
  audit: AuditLog;
  health: StoreHealth;
  clusters: ClusterRegistry;
  /** Writes that were shown. */
  plans: Plans;
  jobs: JobRunner;
  telemetry: Telemetry;
  /** Figures of every topic and group, without an RPC each on every view. */
  stats: StatsSweep;
  /** What is seen of each instance, and who wants to know of it. */
  monitor: Monitor;
  /** What is wrong in it. */
  findings: Findings;
  /** Curves. */
  series: SeriesSource;
  now: () => number;
  background: Background;
  stop(): Promise<void>;
}

/**
 * The console as one caller asks it: brokers are asked no longer than they wait, and the instance is watched.
 * For questions; a write goes on without its caller.
 */
export function askedBy(deps: Deps, signal: AbortSignal | undefined): Deps {
  const get = async (instanceId: string) => {
    const cluster = await deps.clusters.get(instanceId, signal);
    deps.monitor.watch(instanceId, "person");
    return cluster;
  };
  return { ...deps, clusters: { ...deps.clusters, get } };
}

/** Opens the store and makes everything that lives as long as the server. */
export async function createDeps(config: Config, log: Logger): Promise<Deps> {
  const db = await openStore(storePlace(config));
  try {
    return await depsOn(db, config, log);
  } catch (error) {
    await db.destroy();
    throw error;
  }
}

async function depsOn(db: Store, config: Config, log: Logger): Promise<Deps> {
  const now = Date.now;
  const secrets = await openSecrets(db, config.secretKey, config.dataDir);
  const telemetry = createTelemetry();
  const auth = createAuth({ config, db, secrets, log, now });
  const known = new KnownBrokers(db);
  const clusters = createClusters({ db, secrets, telemetry, known, config });
  const audit = new AuditLog(db, now);
  const jobs = await createJobRunner({
    db,
    log,
    telemetry,
    now,
    config,
    ended: ({ id, startedBy, state, instanceId }) =>
      audit
        .add({ who: startedBy, row: "job.end", instanceId: instanceId ?? undefined, jobId: id, outcome: state })
        .catch((err: unknown) => log.error({ err, jobId: id }, "the end of a job is not audited")),
  });
  const monitor = new Monitor({
    db,
    clusters,
    known,
    log,
    now,
    sampleMs: config.sampleSeconds * 1000,
    keepMs: config.historyHours * 3_600_000,
    callsPerSecond: config.sweepCallsPerSecond,
  });
  const background = new Background(log);
  return {
    config,
    log,
    db,
    secrets,
    auth,
    audit,
    health: new StoreHealth(db, log, now),
    clusters,
    plans: new Plans({ db, secrets, now }),
    jobs,
    telemetry,
    monitor,
    stats: monitor.stats,
    findings: new Findings(monitor, now),
    series: monitor.series,
    now,
    background,
    async stop() {
      background.stop();
      await Promise.allSettled([jobs.stop(), monitor.stop()]);
      clusters.close();
      await db.destroy();
    },
  };
}
