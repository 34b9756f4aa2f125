/** A console with a job that has one row done and one under way, until somebody kills the process. */
import { pino } from "pino";
import { readConfig } from "../base/config.ts";
import { startServer } from "../http/server.ts";

const { deps } = await startServer(
  { ...readConfig(process.env), port: 0, logLevel: "silent" },
  pino({ level: "silent" }),
);
const job = await deps.jobs.start(
  {
    kind: "test.hang",
    action: "topic:create",
    describe: () => ({}),
    async run(ctx) {
      ctx.total(3);
      await ctx.begin(1, "done");
      ctx.settle(1, { state: "ok" });
      await ctx.begin(2, "under way");
      process.stdout.write(`${job.id}\n`);
      await new Promise(() => undefined);
    },
  },
  undefined,
  { user: { username: "admin" } },
);
