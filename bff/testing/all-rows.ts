import { contract } from "#contract/contract.ts";
import type { RowMeta } from "#contract/row.ts";
import { exampleInput } from "./example-input.ts";
import type { ApiClient } from "./start-test-server.ts";

export interface AnyRow extends RowMeta {
  /** `topic.create` */
  path: string;
  input: Record<string, unknown>;
}

/** Names of nothing that there is. */
const values = {
  instanceId: "rmq-none",
  topic: "no-topic",
  traceTopic: "no-topic",
  shared: false,
  group: "no-group",
  brokerName: "broker-none",
  clientId: "no-client",
  jobId: "no-job",
  planId: "no-plan",
  undo: "no-plan",
  checkId: "no-check",
  sessionId: "no-session",
  key: "no-key",
  id: "no-id",
  name: "no-name",
  namesrvAddrs: ["127.0.0.1:1"],
  queueOffset: "0",
  expression: "true",
  query: "",
  viewId: "no-view",
  stored: "0",
  content: "no-content",
  from: 0,
  to: 1000,
  serie: "lag",
  broker: "broker-none",
  username: "nobody",
  password: "nothing",
  current: "nothing",
  next: "nothing",
  file: new File(["topic\n"], "topics.csv", { type: "text/csv" }),
};

/** Rows that take more than what they must be given alone. */
const more: Readonly<Record<string, Record<string, unknown>>> = {
  "dialTest.planConsume": { from: "earliest" },
  "dialTest.consume": { from: "earliest" },
  "dialTest.planRoundTrip": { receiver: "group", group: "no-group" },
  "dialTest.roundTrip": { receiver: "group", group: "no-group" },
  "dialTest.planLoad": { rate: 1, threads: undefined },
  "dialTest.load": { rate: 1, threads: undefined },
};

/** Every row of the contract with an input that it takes; `also` wants fields that may be left out. */
export const allRows = (also?: (field: string) => boolean, given: Record<string, unknown> = {}): AnyRow[] =>
  Object.entries(contract).flatMap(([domain, table]) =>
    Object.entries(table).map(([name, row]) => {
      const { meta, inputSchema } = row["~orpc"];
      const path = `${domain}.${name}`;
      return { ...meta, path, input: { ...exampleInput(inputSchema, { ...values, ...given }, also), ...more[path] } };
    }),
  );

/** Calls a row by its path; answers the code of the problem, or `ok`. */
export async function outcomeOf(client: ApiClient, { path }: Pick<AnyRow, "path">, input: unknown): Promise<string> {
  const call = path.split(".").reduce<unknown>((at, key) => Reflect.get(Object(at), key), client);
  try {
    await (call as (input: unknown) => Promise<unknown>)(input);
    return "ok";
  } catch (error) {
    return error instanceof Error && "code" in error ? String(error.code) : String(error);
  }
}
