import { parseInSlices, stringifyFastjson } from "../codec/fastjson.ts";
import {
  anyJson,
  decodeInSlices,
  decodeShape,
  obj,
  type Fields,
  type Infer,
  type InferFields,
  type OptionalShape,
  type Shape,
} from "../codec/shape.ts";
import { RocketMQError } from "../errors.ts";
import type { RemotingCommand } from "../remoting/command.ts";
import { atOnce } from "../slices.ts";
import type { LargeReplies } from "./large-replies.ts";

/** How a reply is read: a shape of its body, or a function of the whole command, which may go step by step. */
export type ResponseSpec<T> = Shape<T> | ((command: RemotingCommand) => T) | Stepwise<T>;

interface Stepwise<T> {
  readonly read: (command: RemotingCommand) => Generator<void, T>;
}

/** One RPC: its code, who answers it, ext fields of the request, body of the request, and how the reply is read. */
export interface Rpc<H extends Fields = Fields, T = unknown, B = never> {
  readonly code: number;
  readonly to: "namesrv" | "broker";
  /** The broker hands on what a client answers, with the client's version. Source: AdminBrokerProcessor.java, callConsumer. */
  readonly relayed?: true;
  readonly header: H;
  /** Writes the body of the request. */
  readonly body?: (value: B) => Buffer;
  readonly response: ResponseSpec<T>;
  /** Most bytes of a reply whose body is read by a shape, where it may be longer than `BODY_MAX`: reading it holds up everybody else. */
  readonly bodyMax?: number;
  /** Response codes besides SUCCESS that are answers and not errors. */
  readonly accept?: readonly number[];
}

export type RpcTable = Readonly<Record<string, Rpc>>;

type OptionalKeys<F extends Fields> = { [K in keyof F]: F[K] extends OptionalShape<unknown> ? K : never }[keyof F];

/** Ext fields that a caller gives. */
export type HeaderOf<F extends Fields> = { [K in Exclude<keyof F, OptionalKeys<F>>]: Infer<F[K]> } & {
  [K in OptionalKeys<F>]?: Infer<F[K]>;
};

/** Declares an RPC; its types follow from what is written. */
export function rpc<const H extends Fields, T, B = never>(row: Rpc<H, T, B>): Rpc<H, T, B> {
  return row;
}

/** Ext fields as they are sent: text, absent ones left out. */
export function encodeHeader(
  row: { readonly header: Fields },
  header: Readonly<Record<string, unknown>>,
): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const name of Object.keys(row.header)) {
    const value = header[name] as string | number | bigint | boolean | undefined;
    if (value !== undefined) fields[name] = String(value);
  }
  return fields;
}

/** Bytes of a reply about one topic, group or client: ten thousand queues or clients fit well. */
const BODY_MAX = 4_194_304;
/** Bytes of a list of all topics by name: a hundred thousand of the longest that the console creates. */
export const NAMES_BODY_MAX = 8_388_608;
/** Bytes of a table of all topics, groups or offsets of a broker: the official client and servers take no longer frame either. */
export const LIST_BODY_MAX = 16_777_216;

/** A shorter body is read in one turn of the event loop, which takes some ten milliseconds at most. */
const AT_ONCE_MAX = 65_536;

/** What a table is at, three numbers by name: it goes back as it came with the question for the next page. */
export const dataVersion = anyJson(64);

function* bodyOf<T>(shape: Shape<T>, body: Buffer, max: number, what: string): Generator<void, T> {
  if (body.length > max)
    throw new RocketMQError("MALFORMED_RESPONSE", `${what}: ${body.length} bytes are over the limit of ${max}`);
  return yield* decodeInSlices(shape, body.length === 0 ? undefined : yield* parseInSlices(body), what);
}

type Read<T> = Pick<Rpc<Fields, T>, "code" | "response" | "bodyMax">;

const stepsOf = <T>(
  { code, response, bodyMax = BODY_MAX }: Read<T> & { response: Shape<T> | Stepwise<T> },
  command: RemotingCommand,
): Generator<void, T> =>
  "read" in response ? response.read(command) : bodyOf(response, command.body, bodyMax, `body of ${code}`);

/** Reads a reply whose code was SUCCESS or accepted. */
export function decodeResponse<T>({ response, ...row }: Read<T>, command: RemotingCommand): T {
  return typeof response === "function" ? response(command) : atOnce(stepsOf({ ...row, response }, command));
}

/** The same of a reply of any length: a long one waits for its turn and is read in slices. */
export function readResponse<T>(
  { response, ...row }: Read<T>,
  command: RemotingCommand,
  { large, ...from }: { addr: string; signal?: AbortSignal; large: LargeReplies },
): T | Promise<T> {
  if (typeof response === "function") return response(command);
  const steps = stepsOf({ ...row, response }, command);
  return command.body.length <= AT_ONCE_MAX ? atOnce(steps) : large.read(steps, from);
}

/** A reply without content. */
export const none = (): void => undefined;

/** A reply that is read from its ext fields. */
export function ext<F extends Fields>(fields: F): (command: RemotingCommand) => InferFields<F> {
  const shape = obj(fields);
  return (command) => decodeShape(shape, command.extFields, `ext fields of the answer`);
}

/** A reply whose ext fields, code, remark and raw body all count. */
export interface Reply<H> {
  code: number;
  remark?: string;
  header: H;
  body: Buffer;
}

/** Reads code, remark, ext fields and raw body. */
export function reply<F extends Fields>(fields: F): (command: RemotingCommand) => Reply<InferFields<F>> {
  const header = ext(fields);
  return (command) => ({ code: command.code, remark: command.remark, header: header(command), body: command.body });
}

/** Body and ext fields of a reply in one object. */
export function bodyAndExt<T extends object, F extends Fields>(
  body: Shape<T>,
  fields: F,
): Stepwise<T & InferFields<F>> {
  const header = ext(fields);
  return {
    *read(command) {
      return { ...(yield* bodyOf(body, command.body, LIST_BODY_MAX, "body of the answer")), ...header(command) };
    },
  };
}

/** Body of a request as JSON, longs as bare integers. */
export const jsonBody = (value: object): Buffer => Buffer.from(stringifyFastjson(value), "utf8");

/** Body of a request that is bytes already. */
export const rawBody = (value: Buffer): Buffer => value;

/** Bytes of a configuration: some forty times what a broker tells. */
const PROPERTIES_MAX = 1_048_576;

/** Java `.properties`-style text as a map: one `key=value` a line, values verbatim. */
export function properties(command: RemotingCommand): Map<string, string> {
  if (command.body.length > PROPERTIES_MAX)
    throw new RocketMQError(
      "MALFORMED_RESPONSE",
      `a configuration of ${command.body.length} bytes is over the limit of ${PROPERTIES_MAX}`,
    );
  const result = new Map<string, string>();
  for (const line of command.body.toString("utf8").split(/\r?\n/)) {
    const equals = line.indexOf("=");
    if (equals > 0 && !line.startsWith("#")) result.set(line.slice(0, equals), line.slice(equals + 1));
  }
  return result;
}

/** Java `.properties`-style text, the reverse of `properties`. */
export const propertiesBody = (values: Readonly<Record<string, string>>): Buffer =>
  Buffer.from(
    Object.entries(values)
      .map(([key, value]) => `${key}=${value}\n`)
      .join(""),
    "utf8",
  );
