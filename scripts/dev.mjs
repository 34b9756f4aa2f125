// Both sides with hot reload: `npm run dev`; ROCKETDECK_NAMESRV registers a cluster. Pages on port 5173, the server behind them on 8080.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { setup } from "./lib/setup.mjs";
import { endChild, main, onStop, root } from "./lib/steps.mjs";

const bin = (name) => join(root, "node_modules/.bin", name);

await main(async () => {
  await setup();
  const port = process.env.ROCKETDECK_PORT ?? "8080";
  const env = { ...process.env, ROCKETDECK_PORT: port, ROCKETDECK_DEV_BFF: `http://127.0.0.1:${port}` };
  const options = { cwd: root, env, stdio: ["ignore", "inherit", "inherit"] };
  const server = spawn(bin("tsx"), ["watch", "--clear-screen=false", "bff/main.ts"], options);
  const pages = spawn(bin("vite"), ["--clearScreen=false"], options);
  const stop = () => Promise.all([endChild(server), endChild(pages)]);
  onStop(stop);
  for (const child of [server, pages]) child.once("exit", () => void stop());
});
