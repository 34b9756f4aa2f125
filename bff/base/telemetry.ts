import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";

export interface Telemetry {
  registry: Registry;
  http: Histogram<"method" | "route" | "status">;
  rpc: Histogram<"code" | "result">;
  jobsRunning: Gauge;
  jobsEnded: Counter<"kind" | "state">;
}

/** What `/metrics` tells. A registry of its own, so that several servers can live in one process. */
export function createTelemetry(): Telemetry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  return {
    registry,
    http: new Histogram({
      name: "rocketdeck_http_request_duration_seconds",
      help: "Time to answer requests of browsers, by row of the API",
      labelNames: ["method", "route", "status"],
      buckets: [0.005, 0.02, 0.05, 0.15, 0.5, 1.5, 5],
      registers,
    }),
    rpc: new Histogram({
      name: "rocketdeck_rocketmq_request_duration_seconds",
      help: "Time of requests to name servers and brokers, by request code and outcome",
      labelNames: ["code", "result"],
      buckets: [0.002, 0.01, 0.05, 0.2, 1, 5],
      registers,
    }),
    jobsRunning: new Gauge({ name: "rocketdeck_jobs_running", help: "Jobs that run now", registers }),
    jobsEnded: new Counter({
      name: "rocketdeck_jobs_ended_total",
      help: "Jobs that ended, by kind and final state",
      labelNames: ["kind", "state"],
      registers,
    }),
  };
}
