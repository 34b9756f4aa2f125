/** A console with a load test that runs, on the cluster of the name servers given, until somebody kills the process. */
import { setTimeout as pause } from "node:timers/promises";
import { pino } from "pino";
import { readConfig } from "../base/config.ts";
import { startServer } from "../http/server.ts";
import { apiClient, TEST_ADMIN } from "./start-test-server.ts";

const config = { ...readConfig(process.env), port: 0, logLevel: "silent" } as const;
const { url } = await startServer(config, pino({ level: "silent" }));
const { client } = apiClient(url);
await client.session.signIn(TEST_ADMIN);
const { id: instanceId } = await client.instance.register({ name: "killed", namesrvAddrs: process.argv.slice(2) });
const { jobId } = await client.dialTest.load({ instanceId, rate: 10, seconds: 300 });
for (;;) {
  const { params, summary } = await client.job.get({ jobId });
  if (Number(summary?.["messages"]) > 0) {
    process.stdout.write(`made ${String(params["topic"])}\n`);
    break;
  }
  await pause(50);
}
