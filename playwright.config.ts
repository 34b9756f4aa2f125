import { existsSync } from "node:fs";
import { defineConfig } from "@playwright/test";

const executablePath = process.env["ROCKETDECK_CHROMIUM"] ?? ["/usr/bin/chromium"].find((path) => existsSync(path));

export default defineConfig({
  testDir: "e2e/tests",
  outputDir: "test-results/e2e",
  globalSetup: "./e2e/support/global-setup.ts",
  // A page waits for brokers and brokers for a page: two fill two cores.
  workers: 2,
  timeout: 120_000,
  expect: { timeout: 20_000 },
  forbidOnly: process.env["CI"] !== undefined,
  reporter: [["list"], ["json", { outputFile: "test-results/e2e.json" }]],
  use: {
    browserName: "chromium",
    locale: "en-US",
    timezoneId: "Asia/Shanghai",
    viewport: { width: 1440, height: 900 },
    actionTimeout: 15_000,
    // Between the press and the release of a click, what is clicked must not move: people are slower than that.
    contextOptions: { reducedMotion: "reduce" },
    screenshot: "only-on-failure",
    // To record each step takes several times what the steps take: `npm run e2e -- <spec> --trace on` where one is looked into.
    trace: "off",
    launchOptions: {
      ...(executablePath === undefined ? {} : { executablePath }),
      args: [
        "--no-sandbox",
        // There is none, and to draw as if there were takes time.
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
});
