import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";
import { withLock } from "./lock.ts";

let dir = "";
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "rocketdeck-lock-"));
});
afterEach(async () => {
  await rm(dir, { recursive: true, force: true });
});

it("lets one in at a time", async () => {
  let inside = 0;
  const seen = await Promise.all(
    Array.from({ length: 3 }, () =>
      withLock(join(dir, "lock"), async () => {
        inside += 1;
        const most = inside;
        await new Promise(setImmediate);
        inside -= 1;
        return most;
      }),
    ),
  );
  expect(seen).toEqual([1, 1, 1]);
});

it("is free again when its task fails", async () => {
  const file = join(dir, "lock");
  await expect(withLock(file, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(await withLock(file, async () => "in")).toBe("in");
});

it("is free again when its holder is killed", async () => {
  const file = join(dir, "lock");
  const lock = JSON.stringify(new URL("lock.ts", import.meta.url).href);
  const code = `
    const { withLock } = await import(${lock});
    await withLock(${JSON.stringify(file)}, async () => {
      process.stdout.write("held");
      await new Promise((resolve) => setTimeout(resolve, 600_000));
    });`;
  const cwd = fileURLToPath(new URL("..", import.meta.url));
  const holder = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", code], {
    cwd,
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(holder.stdout, "data");
  let taken = false;
  const waiting = withLock(file, async () => {
    taken = true;
  });
  expect(taken).toBe(false);
  holder.kill("SIGKILL");
  await waiting;
  expect(taken).toBe(true);
});
