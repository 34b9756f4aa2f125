import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";

/** Makes a read-only person of a console that runs, as an operator would. */
export async function createReader(dataDir: string, username: string, password: string): Promise<void> {
  const args = ["dist/bff/main.js", "create-user", "--role", "readonly", "--password-stdin", username];
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ROCKETDECK_DATA_DIR: dataDir },
    stdio: ["pipe", "ignore", "pipe"],
  });
  const exit = once(child, "exit");
  child.stdin.end(password);
  const [told, [code]] = await Promise.all([text(child.stderr), exit]);
  if (code !== 0) throw new Error(`no read-only person was made: ${told}`);
}
