import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { expect, test, vi } from "vitest";

vi.setConfig({ testTimeout: 60_000 });

function start(env: Record<string, string>) {
  const child = spawn(process.execPath, ["--import", "tsx", "bff/main.ts"], {
    env: { PATH: process.env["PATH"], ROCKETDECK_LOG_LEVEL: "fatal", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const exit = once(child, "exit").then(([code]) => code as number | null);
  return { child, exit };
}

test("a wrong configuration names all its faults and starts nothing", async () => {
  const { child, exit } = start({ ROCKETDECK_PORT: "http", ROCKETDECK_COLOR: "red" });
  const told = await text(child.stderr);
  expect(await exit).toBe(1);
  expect(told).toContain("ROCKETDECK_PORT");
  expect(told).toContain("ROCKETDECK_COLOR");
});

test("the console tells its first password and address, answers, and stops when asked", async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "rocketdeck-main-"));
  const { child, exit } = start({ ROCKETDECK_PORT: "0", ROCKETDECK_DATA_DIR: dataDir });
  const lines: string[] = [];
  for await (const line of createInterface(child.stdout)) {
    lines.push(line);
    if (line.startsWith("RocketDeck is ready: ")) break;
  }
  expect(lines.slice(0, 2)).toEqual([
    "First administrator: admin",
    expect.stringMatching(/^First password: \w{20} \(shown this once/),
  ]);
  const url = lines.at(-1)?.replace("RocketDeck is ready: ", "");
  expect((await fetch(`${url}/readyz`)).status).toBe(200);
  child.kill("SIGTERM");
  expect(await exit).toBe(0);
  await rm(dataDir, { recursive: true });
});
