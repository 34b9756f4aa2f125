import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type Browser } from "@playwright/test";
import { storageState } from "../../e2e/support/api-client.ts";
import type { Bench } from "../bench.ts";
import { residentMB, startBenchConsole, type BenchConsole } from "../console.ts";
import { atMost, type Figure } from "../figure.ts";
import { seedTopics, TOPIC_PREFIX } from "./topics.ts";

interface Visit {
  url: string;
  /** Text that the page shows when it is whole. */
  shows: string;
  state?: ReturnType<typeof storageState>;
}

/** Bytes over the wire of a first visit, headers and API calls included, in kB. */
async function weigh(browser: Browser, { url, shows, state }: Visit): Promise<number> {
  const context = await browser.newContext({ storageState: state, locale: "en-US" });
  try {
    const page = await context.newPage();
    const network = await context.newCDPSession(page);
    await network.send("Network.enable");
    let bytes = 0;
    network.on("Network.loadingFinished", ({ encodedDataLength }) => (bytes += encodedDataLength));
    await page.goto(url);
    await page.getByText(shows).first().waitFor();
    await page.waitForLoadState("networkidle");
    return bytes / 1000;
  } finally {
    await context.close();
  }
}

async function weighPages({ url, cookie, instanceId }: BenchConsole): Promise<{ signIn: number; topics: number }> {
  const executablePath = process.env["ROCKETDECK_CHROMIUM"];
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  try {
    const signIn = await weigh(browser, { url: `${url}/sign-in`, shows: "RocketDeck" });
    const state = storageState(url, cookie);
    const topics = await weigh(browser, {
      url: `${url}/instances/${instanceId}/topics`,
      shows: `${TOPIC_PREFIX}0`,
      state,
    });
    return { signIn, topics };
  } finally {
    await browser.close();
  }
}

/** Starts on a directory that has seen a start before, as every start but the first does. */
async function startTimes(bench: Bench): Promise<number[]> {
  const { sandbox } = await bench.cluster();
  const dataDir = await mkdtemp(join(tmpdir(), "rocketdeck-bench-"));
  const times: number[] = [];
  const start = async (): Promise<number> => {
    const console = await startBenchConsole(dataDir, sandbox.namesrvAddrs);
    await console.stop();
    return console.startMs;
  };
  await start();
  await bench.rounds(1, async () => {
    times.push(await start());
  });
  await rm(dataDir, { recursive: true, force: true });
  return times;
}

/** What the console costs: start, memory, weight of its pages. Runs after the other parts. */
export async function footprint(bench: Bench): Promise<Figure[]> {
  const start = await startTimes(bench);
  const lasting = await bench.console();
  await seedTopics(bench, bench.settings.topics);
  const sizes = await weighPages(lasting);
  const rest = await bench.residentAtRest();
  const after = await residentMB(lasting.pid);
  return [
    atMost("Server start to first byte", "ms", {
      ours: start,
      limit: 500,
      note: "as `npm start`, existing data directory",
    }),
    atMost("Memory at rest", "MB", { ours: [rest], limit: 120, note: "resident" }),
    atMost("Memory after all of the above", "MB", { ours: [after], limit: 200, note: "resident" }),
    atMost("Sign-in page over the wire", "kB", {
      ours: [sizes.signIn],
      limit: 240,
      note: "brotli; first visit in Chromium, headers and API included",
    }),
    atMost("Topics page over the wire", "kB", {
      ours: [sizes.topics],
      limit: 320,
      note: "brotli; first visit in Chromium, headers and API included",
    }),
  ];
}
