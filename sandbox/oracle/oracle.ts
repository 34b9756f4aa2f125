import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { z } from "zod";
import type { Credentials } from "../conf.ts";
import type { Version } from "../jars.ts";
import { javaCommand } from "../jvm.ts";
import { tlsArgs } from "../java-program.ts";
import { type CallName, calls } from "./calls.ts";
import { oracleClasspath } from "./oracle-classes.ts";

/** What an argument of a Java method is made from; an object that was made before is `{ $: name }`. */
export type Argument = string | number | boolean | null | readonly Argument[] | { readonly [name: string]: Argument };

/** The exception that an official class threw. */
export class OracleError extends Error {
  readonly exception: string;
  readonly responseCode: number | null;
  constructor(exception: string, responseCode: number | null, remark: string | null) {
    super(`${exception} ${responseCode ?? ""}: ${remark ?? ""}`);
    this.exception = exception;
    this.responseCode = responseCode;
  }
}

const Answer = z.union([
  z.object({ id: z.number(), value: z.unknown() }),
  z.object({
    id: z.number(),
    error: z.string(),
    responseCode: z.number().nullable(),
    remark: z.string().nullable(),
  }),
]);

/** The official admin client of one version, asked about one cluster. */
export interface Oracle {
  readonly version: Version;
  /** Of its process, in which all its clients run. */
  readonly pid: number;
  /** Calls a method of DefaultMQAdminExt. */
  ask<N extends CallName>(method: N, args: readonly Argument[]): Promise<z.infer<(typeof calls)[N]>>;
  /** A command of mqadmin with its arguments; what it prints. */
  mqadmin(command: string, args: readonly string[]): Promise<string>;
  /** Makes an object of a Java class with properties, to be called by name. */
  make(name: string, type: string, args: readonly Argument[], properties?: Record<string, Argument>): Promise<void>;
  /** Calls a method of a made object or a static one of a class; with `as` the result is kept under that name. */
  call(on: string, method: string, args?: readonly Argument[], options?: { as?: string }): Promise<unknown>;
  stop(): Promise<void>;
}

export interface OracleOptions {
  version: Version;
  namesrvAddrs: readonly string[];
  credentials?: Credentials;
  tls?: { ca: string };
}

const ADMIN = "org.apache.rocketmq.tools.admin.DefaultMQAdminExt";
const PULLER = "org.apache.rocketmq.client.consumer.DefaultMQPullConsumer";
export const PULL_GROUP = "TOOLS_CONSUMER";
const TIMEOUT_MS = 15_000;
const SMALL = ["-Xms64m", "-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData", "-Xss512k"];

interface Wire {
  exchange(question: Record<string, unknown>): Promise<unknown>;
  end(): Promise<void>;
}

function wireOf(java: ChildProcessWithoutNullStreams): Wire {
  const words: string[] = [];
  java.stderr.setEncoding("utf8").on("data", (text: string) => words.push(text));
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  let next = 1;
  let over = false;
  createInterface({ input: java.stdout }).on("line", (line) => {
    const answer = Answer.parse(JSON.parse(line));
    const asked = waiting.get(answer.id);
    waiting.delete(answer.id);
    if ("error" in answer) asked?.reject(new OracleError(answer.error, answer.responseCode, answer.remark));
    else asked?.resolve(answer.value);
  });
  const ended = once(java, "exit").then(() => {
    over = true;
    for (const asked of waiting.values()) asked.reject(new Error(`the oracle ended:\n${words.join("").slice(-2000)}`));
    waiting.clear();
  });
  return {
    exchange(question) {
      if (over) return Promise.reject(new Error("the oracle has ended"));
      const id = next++;
      return new Promise((resolve, reject) => {
        waiting.set(id, { resolve, reject });
        java.stdin.write(`${JSON.stringify({ id, ...question })}\n`);
      });
    },
    async end() {
      java.stdin.end();
      await ended;
    },
  };
}

/** Starts the oracle of a version; it ends with its standard input, so that it cannot outlive this process. */
export async function startOracle({ version, namesrvAddrs, credentials, tls }: OracleOptions): Promise<Oracle> {
  const dir = await mkdtemp(join(tmpdir(), "rocketdeck-oracle-"));
  const namesrv = namesrvAddrs.join(";");
  // Without a configuration 4.9's logging would write every line of the wire to the output.
  const logback = join(dir, "logback.xml");
  await writeFile(logback, "<configuration/>");
  const args = [
    ...SMALL,
    `-Duser.home=${dir}`,
    `-Dlogback.configurationFile=${logback}`,
    `-Drocketmq.namesrv.addr=${namesrv}`,
    "-Drocketmq.client.rebalance.waitInterval=1000",
    ...tlsArgs(tls),
    "-cp",
    await oracleClasspath(version),
    "io.rocketdeck.oracle.Main",
  ];
  const secrets = credentials
    ? { ORACLE_ACCESS_KEY: credentials.accessKey, ORACLE_SECRET_KEY: credentials.secretKey }
    : {};
  const java = spawn(javaCommand(), args, { cwd: dir, env: { ...process.env, ...secrets }, stdio: "pipe" });
  const wire = wireOf(java);
  await once(java, "spawn");
  const hook = credentials ? [{ $: "hook" }] : [];

  const oracle: Oracle = {
    version,
    pid: java.pid ?? 0,
    async ask(method, args) {
      const value = await wire.exchange({ op: "call", name: "admin", method, args });
      return calls[method].parse(value) as never;
    },
    mqadmin: async (name, args) => z.string().parse(await wire.exchange({ op: "mqadmin", name, args })),
    async make(name, type, args, properties = {}) {
      await wire.exchange({ op: "make", name, type, args, set: properties });
    },
    call: (name, method, args = [], { as } = {}) => wire.exchange({ op: "call", name, method, args, as }),
    async stop() {
      await wire.end();
      await rm(dir, { recursive: true, force: true });
    },
  };
  const client = { namesrvAddr: namesrv, clientIP: "127.0.0.1" };
  try {
    await oracle.make("admin", ADMIN, [...hook, TIMEOUT_MS], { ...client, instanceName: "judge" });
    await oracle.call("admin", "start");
    await oracle.make("puller", PULLER, [PULL_GROUP, ...hook], { ...client, instanceName: "judge-pull" });
    await oracle.call("puller", "start");
    return oracle;
  } catch (error) {
    await oracle.stop();
    throw error;
  }
}
