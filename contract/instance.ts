import { z } from "zod";
import { EpochMs, Failure, Flag, Id, InstanceRef, ListInput, Long, pageOf } from "./list.ts";
import { FindingsBrief } from "./finding.ts";
import { problems, type ProblemCode } from "./problem.ts";
import { Applied, changeAt, InstancePlanRef, planOf, UndoRef } from "./plan.ts";
import { row } from "./row.ts";
import { urlFault } from "./rules/url.ts";
import { DESCRIPTION_MAX, INSTANCE_TAGS_MAX, RETENTION_MAX_HOURS, RETENTION_MIN_HOURS } from "./rules/limits.ts";

const tags = ["Instances"];

/**
 * `running`: all name servers and brokers answer; `abnormal`: some do not, or a broker group has no master;
 * `unreachable`: no name server answers; `unknown`: not looked at yet; `recycled`: in the recycle bin.
 */
export const InstanceState = z.enum(["running", "abnormal", "unreachable", "unknown", "recycled"]);
export type InstanceState = z.infer<typeof InstanceState>;

/** `host:port`; IPv6 hosts in brackets. */
export const Address = z
  .string()
  .max(300)
  .regex(/^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+):\d{1,5}$/, "address");

const Tags = z
  .record(z.string().min(1).max(64), z.string().max(128))
  .refine((t) => Object.keys(t).length <= INSTANCE_TAGS_MAX, "tooManyTags");

const WebAddress = z
  .string()
  .max(2048)
  .superRefine((text, ctx) => {
    const fault = urlFault(text);
    if (fault !== undefined) ctx.addIssue({ code: "custom", message: fault });
  });

/** How to reach a cluster; the secret key goes in and never comes out. Without `accessKey` requests are not signed. */
export const Connection = z.object({
  namesrvAddrs: z.array(Address).min(1).max(16),
  /** Chosen where the name servers know several clusters; detected where there is one. */
  clusterName: z.string().max(127).optional(),
  accessKey: z.string().max(128).optional(),
  secretKey: z.string().max(256).optional(),
  tls: z.boolean().default(false),
  /** PEM of the authority to trust besides the system's; nothing is verified when `tlsVerify` is false. */
  tlsCa: z.string().max(65_536).optional(),
  tlsVerify: z.boolean().default(true),
  proxyAddrs: z.array(Address).max(16).default([]),
  /** Remoting addresses of proxies: asked for gRPC clients that brokers do not know. */
  proxyRemotingAddrs: z.array(Address).max(16).default([]),
  metricsUrl: WebAddress.optional(),
});
export type Connection = z.infer<typeof Connection>;

const code = z.enum(Object.keys(problems) as [ProblemCode, ...ProblemCode[]]);

/** One step of a connection test: `target` is the address or name that was tried. */
export const ConnectionStep = z.object({
  step: z.enum(["namesrv", "cluster", "names", "broker", "signature"]),
  target: z.string(),
  ok: z.boolean(),
  code: code.optional(),
  detail: z.string().optional(),
  ms: z.number(),
});

export const ConnectionReport = z.object({
  ok: z.boolean(),
  clusters: z.array(z.string()),
  clusterName: z.string().nullable(),
  brokers: z.array(
    z.object({
      brokerName: z.string(),
      brokerId: z.string(),
      role: z.enum(["master", "slave"]),
      addr: z.string(),
      version: z.string().nullable(),
      reachable: z.boolean(),
    }),
  ),
  acl: z.enum(["off", "1.0", "2.0", "unknown"]),
  steps: z.array(ConnectionStep),
  /** Other instances that have one of these brokers. */
  sameAs: z.array(z.object({ id: z.string(), name: z.string() })),
});
export type ConnectionReport = z.infer<typeof ConnectionReport>;

export const Instance = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  state: InstanceState,
  /** When the state was last looked at. */
  stateAt: EpochMs.nullable(),
  /** The cluster that was chosen, else the one that was last seen. */
  clusterName: z.string().nullable(),
  chosenCluster: z.string().nullable(),
  version: z.string().nullable(),
  type: z.enum(["single", "cluster"]).nullable(),
  masters: z.number().int().nullable(),
  slaves: z.number().int().nullable(),
  namesrvAddrs: z.array(z.string()),
  proxyAddrs: z.array(z.string()),
  proxyRemotingAddrs: z.array(z.string()),
  metricsUrl: z.string().nullable(),
  /** An older console stored it with a user, password or query, which are not told. */
  hasMetricsSecret: z.boolean(),
  accessKey: z.string().nullable(),
  hasSecret: z.boolean(),
  tls: z.boolean(),
  tlsVerify: z.boolean(),
  hasTlsCa: z.boolean(),
  tags: Tags,
  createdAt: EpochMs,
  updatedAt: EpochMs,
  /** In the recycle bin since; destroyed at `destroyAt`. */
  recycledAt: EpochMs.nullable(),
  destroyAt: EpochMs.nullable(),
});
export type Instance = z.infer<typeof Instance>;

/** What was last seen of the brokers, and last swept of the groups; null while not known, which is so of all while no name server answers. */
export const InstanceHealth = z.object({
  produceTps: z.number().nullable(),
  consumeTps: z.number().nullable(),
  /** The fullest disk of the brokers that told theirs, 0 to 1. */
  disk: z.object({ brokerName: z.string(), brokerId: z.string(), ratio: z.number() }).nullable(),
  /** Brokers, slaves too, that answered, and those that did not. */
  up: z.number().int().nullable(),
  down: z.number().int().nullable(),
  seenAt: EpochMs.nullable(),
  lag: Long.nullable(),
  neverConsumed: Long.nullable(),
  lagAtLeast: z.boolean(),
  lagAt: EpochMs.nullable(),
});
export type InstanceHealth = z.infer<typeof InstanceHealth>;

/** `findings` and `health` are null of one that is not looked at, since it is in the recycle bin. */
export const InstanceItem = Instance.extend({ findings: FindingsBrief.nullable(), health: InstanceHealth.nullable() });
export type InstanceItem = z.infer<typeof InstanceItem>;

const Name = z.string().trim().min(2).max(64);
const Description = z.string().max(DESCRIPTION_MAX);

/** How one broker keeps its messages (code 26 of the broker); null where the key is missing. */
export const BrokerStorage = z.object({
  brokerName: z.string(),
  brokerId: z.string(),
  addr: z.string(),
  /** `fileReservedTime` in hours. */
  retentionHours: z.number().int().nullable(),
  /** `ASYNC_MASTER`, `SYNC_MASTER` or `SLAVE`. */
  brokerRole: z.string().nullable(),
  /** `ASYNC_FLUSH` or `SYNC_FLUSH`. */
  flushDiskType: z.string().nullable(),
  /** Hour of the day in which expired files are deleted. */
  deleteWhen: z.string().nullable(),
});
export type BrokerStorage = z.infer<typeof BrokerStorage>;

/** `fileReservedTime` in hours. */
export const RetentionPlan = planOf(changeAt(z.number().int()));
export type RetentionPlan = z.infer<typeof RetentionPlan>;

/** A field of an instance in words; secrets are masked. */
export const InstancePlan = planOf(
  z.object({ field: z.string(), before: z.string().nullable(), after: z.string().nullable() }),
);
export type InstancePlan = z.infer<typeof InstancePlan>;

export const UpdateInstance = InstanceRef.extend({
  name: Name.optional(),
  description: Description.optional(),
  tags: Tags.optional(),
  /** Replaces how the cluster is reached; `secretKey` and `tlsCa` stay as they are when left out, and go when empty. Tested first where it leads elsewhere. */
  connection: Connection.optional(),
  /** Saves a connection whose test fails: the cluster is down for now. */
  force: z.boolean().default(false),
});
export type UpdateInstance = z.infer<typeof UpdateInstance>;

export const instanceContract = {
  list: row("instance:read", { on: "console", audit: "none" })
    .route({ method: "GET", path: "/instances", tags })
    .input(
      ListInput.extend({
        state: InstanceState.optional(),
        recycled: Flag.default(false),
        tagKey: z.string().max(64).optional(),
        tagValue: z.string().max(128).optional(),
      }),
    )
    .output(pageOf(InstanceItem)),
  get: row("instance:read", { on: "instance", audit: "none" })
    .route({ method: "GET", path: "/instances/{instanceId}", tags })
    .input(InstanceRef)
    .output(Instance),
  /** Tries a connection and saves nothing. With `instanceId`, `secretKey` and `tlsCa` left out are the stored ones; the secret only towards addresses that it was stored for. */
  test: row("instance:create", { on: "instance", audit: "read" })
    .route({ method: "POST", path: "/instances/test", tags })
    .input(Connection.extend({ instanceId: Id.optional() }))
    .output(ConnectionReport),
  /** Tests the connection first and saves nothing when it fails, unless forced. */
  register: row("instance:create", { on: "console", audit: "write" })
    .route({ method: "POST", path: "/instances", tags, successStatus: 201 })
    .input(
      Connection.extend({
        name: Name,
        description: Description.default(""),
        tags: Tags.default({}),
        /** Registers even though the connection test fails: the cluster is down for now. */
        force: z.boolean().default(false),
      }),
    )
    .output(Instance),
  /** What is left out stays. */
  planUpdate: row("instance:update", { on: "instance", audit: "none" })
    .route({ method: "POST", path: "/instances/{instanceId}/plans/update", tags })
    .input(UpdateInstance)
    .output(InstancePlan),
  planUndo: row("instance:update", { on: "instance", audit: "none" })
    .route({ method: "POST", path: "/instances/{instanceId}/plans/undo", tags })
    .input(InstanceRef.extend(UndoRef))
    .output(InstancePlan),
  update: row("instance:update", { on: "instance", audit: "write" })
    .route({ method: "PATCH", path: "/instances/{instanceId}", tags })
    .input(InstancePlanRef)
    .output(Applied),
  /** How each broker replicates, flushes and keeps messages. */
  storage: row("instance:read", { on: "instance", audit: "none" })
    .route({ method: "GET", path: "/instances/{instanceId}/storage", tags })
    .input(InstanceRef)
    .output(z.object({ brokers: z.array(BrokerStorage), failures: z.array(Failure), at: EpochMs })),
  planRetention: row("instance:read", { on: "instance", audit: "none" })
    .route({ method: "POST", path: "/instances/{instanceId}/plans/retention", tags })
    .input(InstanceRef.extend({ hours: z.number().int().min(RETENTION_MIN_HOURS).max(RETENTION_MAX_HOURS) }))
    .output(RetentionPlan),
  planRetentionUndo: row("instance:read", { on: "instance", audit: "none" })
    .route({ method: "POST", path: "/instances/{instanceId}/plans/retention-undo", tags })
    .input(InstanceRef.extend(UndoRef))
    .output(RetentionPlan),
  /** Sets `fileReservedTime` on every broker and reads it back, since a broker answers 0 even when it ignores a value. */
  setRetention: row("instance:update", { on: "instance", audit: "write" })
    .route({ method: "PUT", path: "/instances/{instanceId}/retention", tags })
    .input(InstancePlanRef)
    .output(Applied),
  recycle: row("instance:delete", { on: "instance", audit: "write" })
    .route({ method: "POST", path: "/instances/{instanceId}/recycle", tags })
    .input(InstanceRef)
    .output(Instance),
  restore: row("instance:update", { on: "instance", audit: "write" })
    .route({ method: "POST", path: "/instances/{instanceId}/restore", tags })
    .input(InstanceRef)
    .output(Instance),
  /** Forgets a recycled instance for good; `name` must be its name. The cluster itself is not touched. */
  destroy: row("instance:delete", { on: "instance", audit: "write" })
    .route({ method: "DELETE", path: "/instances/{instanceId}", tags })
    .input(InstanceRef.extend({ name: z.string().max(255) }))
    .output(z.object({ id: z.string() })),
};
