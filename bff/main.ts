import { createInterface } from "node:readline";
import { setFlagsFromString } from "node:v8";
import { pino, type Logger } from "pino";
import { runCommand, USAGE, UsageError, type Io } from "./commands.ts";
import { ConfigError, readConfig, type Config } from "./base/config.ts";
import { startServer, type RunningServer } from "./http/server.ts";
import { StartError } from "./base/start-error.ts";

const STOP_MS = 5000;
// By default V8 lets the heap double before it collects: a table of 10,000 topics, read and dropped, would stay in memory.
setFlagsFromString("--heap-growing-percent=20");

function configuration(): Config {
  try {
    return readConfig(process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    console.error(error.message);
    process.exit(1);
  }
}

function announce({ url, firstPassword }: RunningServer): void {
  if (firstPassword !== undefined) {
    console.log(`First administrator: ${firstPassword.username}`);
    console.log(`First password: ${firstPassword.password} (shown this once; to be changed at the first sign-in)`);
  }
  console.log(`RocketDeck is ready: ${url}`);
}

function stopOnSignals(running: RunningServer, log: Logger): void {
  let stopping = false;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (stopping) process.exit(1);
    stopping = true;
    log.info({ signal }, "stopping");
    setTimeout(() => process.exit(1), STOP_MS).unref();
    running.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log.fatal({ err: error }, "did not stop cleanly");
        process.exit(1);
      },
    );
  };
  process.on("SIGTERM", onSignal).on("SIGINT", onSignal);
}

async function serve(config: Config): Promise<void> {
  const log = pino({ level: config.logLevel, base: undefined }, pino.destination(2));
  try {
    const running = await startServer(config, log);
    stopOnSignals(running, log);
    announce(running);
  } catch (error) {
    if (error instanceof StartError) throw error;
    log.fatal({ err: error }, "did not start");
    process.exitCode = 1;
  }
}

const io: Io = {
  say: (line) => console.log(line),
  async readLine() {
    for await (const line of createInterface(process.stdin)) return line;
    return "";
  },
};

const HELP = new Set(["help", "--help", "-h"]);
const [command, ...args] = process.argv.slice(2);
try {
  if (command === undefined) await serve(configuration());
  else if (HELP.has(command)) console.log(USAGE);
  else await runCommand(command, args, configuration, io);
} catch (error) {
  if (!(error instanceof StartError || error instanceof UsageError)) throw error;
  console.error(error instanceof UsageError ? `${error.message}\n\n${USAGE}` : error.message);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
