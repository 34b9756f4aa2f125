import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { z } from "zod";
import { isNetwork } from "../rocketmq/remoting/networks.ts";

interface Key {
  env: string;
  schema: z.ZodType;
  about: string;
  /** It may also be in a file that `<env>_FILE` names. */
  secret?: true;
}

const int = (min: number, max: number, fallback: number) => z.coerce.number().int().min(min).max(max).default(fallback);
const list = z
  .union([z.array(z.string()), z.string().transform((s) => s.split(/[,;\s]+/))])
  .transform((items) => items.map((s) => s.trim()).filter((s) => s !== ""))
  .default([]);
const origin = z.url({ protocol: /^https?$/ }).transform((s) => new URL(s).origin);
const password = z.string().min(10).max(128);

/** Variables of scripts and tests that share the prefix; the server does not read them. */
const TOOLING = /^ROCKETDECK_(DEV|TEST|E2E|DEMO|BENCH|SANDBOX|CHROMIUM|JAVA|MAVEN|SETUP|CI)(_|$)/;

/** Every key of the configuration: its name in the file, its environment variable, its rule and what it does. */
export const keys = {
  host: { env: "ROCKETDECK_HOST", schema: z.string().min(1).default("127.0.0.1"), about: "Address to listen on." },
  port: { env: "ROCKETDECK_PORT", schema: int(0, 65_535, 8080), about: "Port to listen on; 0 takes a free one." },
  publicUrl: {
    env: "ROCKETDECK_PUBLIC_URL",
    schema: origin.optional(),
    about:
      "Origin under which browsers reach the console, where a proxy stands before it. With https cookies are `Secure`.",
  },
  trustedOrigins: {
    env: "ROCKETDECK_TRUSTED_ORIGINS",
    schema: list.pipe(z.array(origin)),
    about: "Further origins whose pages may call the API.",
  },
  trustProxy: {
    env: "ROCKETDECK_TRUST_PROXY",
    schema: list,
    about: "Addresses or networks of reverse proxies whose `X-Forwarded-For` is believed.",
  },
  dataDir: {
    env: "ROCKETDECK_DATA_DIR",
    schema: z
      .string()
      .min(1)
      .default(".data")
      .transform((dir) => resolve(dir)),
    about: "Directory of the console's own database and key.",
  },
  databaseUrl: {
    env: "ROCKETDECK_DATABASE_URL",
    secret: true,
    schema: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
    about:
      "PostgreSQL database that takes the place of the one in `dataDir`: `postgresql://user:password@host:5432/name`, with `?sslmode=verify-full` where it speaks TLS. Consoles that use the same one need the same `secretKey`.",
  },
  webDir: {
    env: "ROCKETDECK_WEB_DIR",
    schema: z
      .string()
      .min(1)
      .default("dist/web")
      .transform((dir) => resolve(dir)),
    about: "Directory of the built pages.",
  },
  secretKey: {
    env: "ROCKETDECK_SECRET_KEY",
    secret: true,
    schema: z.string().min(32).optional(),
    about:
      "Key that seals stored secrets and signs cookies. Without it one is made at the first start and kept in `dataDir/secret.key` (mode 0600).",
  },
  adminUsername: {
    env: "ROCKETDECK_ADMIN_USERNAME",
    schema: z
      .string()
      .regex(/^[A-Za-z0-9_.@-]{1,64}$/)
      .default("admin"),
    about: "Name of the first administrator.",
  },
  adminPassword: {
    env: "ROCKETDECK_ADMIN_PASSWORD",
    secret: true,
    schema: password.optional(),
    about:
      "Password of the first administrator. Without it one is generated, printed once, and must be changed at the first sign-in.",
  },
  sessionHours: {
    env: "ROCKETDECK_SESSION_HOURS",
    schema: int(1, 8760, 168),
    about: "Hours until an unused session ends.",
  },
  logLevel: {
    env: "ROCKETDECK_LOG_LEVEL",
    schema: z.enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"]).default("info"),
    about: "Least level that is logged.",
  },
  metricsToken: {
    env: "ROCKETDECK_METRICS_TOKEN",
    secret: true,
    schema: z.string().min(16).optional(),
    about: "Bearer token with which `/metrics` may be read; signed-in people may read it without.",
  },
  historyHours: { env: "ROCKETDECK_HISTORY_HOURS", schema: int(1, 720, 24), about: "Hours that samples are kept." },
  sampleSeconds: { env: "ROCKETDECK_SAMPLE_SECONDS", schema: int(1, 600, 10), about: "Seconds between two samples." },
  sweepCallsPerSecond: {
    env: "ROCKETDECK_SWEEP_CALLS_PER_SECOND",
    schema: int(1, 100_000, 2000),
    about:
      "Most calls a second to an instance's brokers when figures of all topics or groups are read in the background.",
  },
  scanMbPerSecond: {
    env: "ROCKETDECK_SCAN_MB_PER_SECOND",
    schema: int(1, 100_000, 64),
    about: "Most MB a second that all scans of messages together read from an instance's brokers.",
  },
  recycleDays: {
    env: "ROCKETDECK_RECYCLE_DAYS",
    schema: int(1, 365, 15),
    about: "Days that a removed instance stays in the recycle bin.",
  },
  maxQueuesPerBroker: {
    env: "ROCKETDECK_MAX_QUEUES_PER_BROKER",
    schema: int(1, 1024, 8),
    about: "Most queues of a topic on a broker that the console creates.",
  },
  maxJobs: { env: "ROCKETDECK_MAX_JOBS", schema: int(1, 64, 4), about: "Jobs that run at once; others wait." },
  jobRows: {
    env: "ROCKETDECK_JOB_ROWS",
    schema: int(100, 10_000_000, 100_000),
    about:
      "Outcomes of a job that are kept in the database and shown, and as many failed ones; further ones are in its file of results alone.",
  },
  jobFileMb: {
    env: "ROCKETDECK_JOB_FILE_MB",
    schema: int(1, 100_000, 256),
    about: "Largest file in `dataDir/results` that outcomes of a job are kept in; what is beyond is only counted.",
  },
  exportFileMb: {
    env: "ROCKETDECK_EXPORT_FILE_MB",
    schema: int(1, 100_000, 1024),
    about:
      "Largest file that an export of messages makes in `dataDir/results`; of all exports as much is kept as eight of these take, the newest.",
  },
  jobDays: { env: "ROCKETDECK_JOB_DAYS", schema: int(1, 3650, 30), about: "Days that ended jobs are kept." },
  auditDays: {
    env: "ROCKETDECK_AUDIT_DAYS",
    schema: int(7, 3650, 180),
    about: "Days that it is kept who did what.",
  },
  loadMaxSeconds: {
    env: "ROCKETDECK_LOAD_MAX_SECONDS",
    schema: int(1, 86_400, 600),
    about: "Longest load test, in seconds.",
  },
  loadMaxRate: {
    env: "ROCKETDECK_LOAD_MAX_RATE",
    schema: int(1, 1_000_000, 20_000),
    about: "Most messages a second that a load test sends, by a rate or by threads.",
  },
  loadMaxMbPerSecond: {
    env: "ROCKETDECK_LOAD_MAX_MB_PER_SECOND",
    schema: int(1, 10_000, 64),
    about: "Most megabytes of bodies a second that a load test sends.",
  },
  requestTimeoutMs: {
    env: "ROCKETDECK_REQUEST_TIMEOUT_MS",
    schema: int(100, 60_000, 5000),
    about: "Milliseconds that a name server or broker has for its answer.",
  },
  allowedNetworks: {
    env: "ROCKETDECK_ALLOWED_NETWORKS",
    schema: list.pipe(z.array(z.string().refine(isNetwork, "not a network like 10.0.0.0/8 or fd00::/8"))),
    about:
      "Networks (CIDR) that name servers, brokers and proxies may be in, and no others; looked at after a name is resolved. Without it: everywhere but link-local, multicast, unspecified and cloud metadata addresses.",
  },
  connectionTestsPerMinute: {
    env: "ROCKETDECK_CONNECTION_TESTS_PER_MINUTE",
    schema: int(1, 10_000, 10),
    about: "Connections that one person may try out in a minute: tests, registrations, changes of an address.",
  },
  presetName: {
    env: "ROCKETDECK_PRESET_NAME",
    schema: z.string().min(2).max(64).default("RocketMQ"),
    about: "Name of the instance that `presetNamesrv` registers.",
  },
  presetNamesrv: {
    env: "ROCKETDECK_NAMESRV",
    schema: list,
    about:
      "Name servers (`host:port`) of an instance to register at start; kept up to date with this key at every start.",
  },
  presetProxy: { env: "ROCKETDECK_PROXY", schema: list, about: "gRPC addresses of that instance's proxies." },
  presetProxyRemoting: {
    env: "ROCKETDECK_PROXY_REMOTING",
    schema: list,
    about: "Remoting addresses of that instance's proxies.",
  },
} as const satisfies Record<string, Key>;

type Keys = typeof keys;

/** Every fault of a configuration at once, one line each. */
export class ConfigError extends Error {
  readonly faults: readonly string[];
  constructor(faults: readonly string[]) {
    super(`The configuration is wrong:\n${faults.map((f) => `  ${f}`).join("\n")}`);
    this.name = "ConfigError";
    this.faults = faults;
  }
}

const whyOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

const FileContent = z.record(z.string(), z.unknown());

function readConfigFile(path: string): Record<string, unknown> {
  try {
    return FileContent.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch (error) {
    const why = error instanceof z.ZodError ? "it is not a JSON object" : whyOf(error);
    throw new ConfigError([`ROCKETDECK_CONFIG: ${path} cannot be read: ${why}`]);
  }
}

/** What a file holds that is given instead of a secret, without the line end that editors put there. */
function readSecretFile(path: string): string {
  const text = readFileSync(path, "utf8").replace(/\r?\n$/, "");
  if (text === "") throw new Error("it is empty");
  return text;
}

const ConfigSchema = z.object(
  Object.fromEntries(Object.entries(keys).map(([name, key]) => [name, key.schema])) as {
    [K in keyof Keys]: Keys[K]["schema"];
  },
);

export type Config = Readonly<z.output<typeof ConfigSchema>>;

function isKey(name: PropertyKey | undefined): name is keyof Keys {
  return typeof name === "string" && Object.hasOwn(keys, name);
}

/** Reads the configuration from the environment and, under it, from the JSON file that ROCKETDECK_CONFIG names. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const path = env["ROCKETDECK_CONFIG"];
  const file = path === undefined || path === "" ? {} : readConfigFile(path);
  const all: [string, Key][] = Object.entries(keys);
  const envNames = new Set(all.flatMap(([, { env, secret }]) => (secret ? [env, `${env}_FILE`] : [env])));
  const faults = [
    ...Object.keys(file)
      .filter((name) => !isKey(name))
      .map((name) => `${name}: no such key`),
    ...Object.keys(env)
      .filter((name) => name.startsWith("ROCKETDECK_") && name !== "ROCKETDECK_CONFIG" && !envNames.has(name))
      .filter((name) => !TOOLING.test(name))
      .map((name) => `${name}: no such variable`),
  ];
  const given: Record<string, unknown> = { ...file };
  const source = new Map<string, string>();
  for (const [name, key] of all) {
    const value = env[key.env] ?? "";
    const path = (key.secret && env[`${key.env}_FILE`]) ?? "";
    if (value === "" && path === "") continue;
    source.set(name, path === "" ? key.env : `${key.env}_FILE`);
    given[name] = value;
    if (path === "") continue;
    if (value !== "") faults.push(`${key.env} and ${key.env}_FILE: only one of them can be given`);
    else
      try {
        given[name] = readSecretFile(path);
      } catch (error) {
        delete given[name];
        faults.push(`${key.env}_FILE: ${path} cannot be read: ${whyOf(error)}`);
      }
  }
  const parsed = ConfigSchema.safeParse(given);
  if (!parsed.success) {
    for (const issue of parsed.error.issues) {
      const name = String(issue.path[0]);
      faults.push(`${source.get(name) ?? name}: ${issue.message}`);
    }
  }
  if (!parsed.success || faults.length > 0) throw new ConfigError(faults);
  return parsed.data;
}
