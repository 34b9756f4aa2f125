import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));

const allowed: [file: string, imported: string][] = [
  ["web/app/shell.ts", "../features/topic/topic-list.ts"],
  ["web/features/topic/topic-page.ts", "../../components/data-table.ts"],
  ["web/features/topic/topic-page2.ts", "./topic-list.ts"],
  ["web/features/topic/detail/queues.ts", "../topic-list.ts"],
  ["web/features/topic/detail/route.ts", "#contract/topic.ts"],
  ["bff/features/topic/topic.service.ts", "../../rocketmq/errors.ts"],
  ["bff/features/topic/topic.handlers.ts", "../../store/store.ts"],
  ["bff/features/topic/topic.presenter.ts", "#contract/topic.ts"],
  ["bff/monitor/monitor3.ts", "../rocketmq/cluster/cluster.ts"],
  ["bff/rocketmq/remoting/connection.ts", "../errors.ts"],
  ["bff/rocketmq/remoting/frame.test.ts", "../../../sandbox/cluster.ts"],
];

const refused: [file: string, imported: string][] = [
  ["contract/topic.ts", "../web/lib/api.ts"],
  ["contract/group.ts", "../bff/app.ts"],
  ["web/lib/api.ts", "../../bff/app.ts"],
  ["web/lib/search.ts", "../features/topic/topic-list.ts"],
  ["web/components/chart.ts", "../app/theme.ts"],
  ["web/features/group/group-page.ts", "../topic/topic-list.ts"],
  ["web/features/group/group-page2.ts", "../../app/theme.ts"],
  ["web/features/group/detail/queues.ts", "../../topic/topic-list.ts"],
  ["bff/app2.ts", "../web/lib/api.ts"],
  ["bff/monitor/monitor.ts", "../../sandbox/cluster.ts"],
  ["bff/monitor/monitor2.ts", "../jobs/job.ts"],
  ["bff/cluster/names.ts", "../features/topic/topic.presenter.ts"],
  ["bff/api/api.ts", "../http/router.ts"],
  ["bff/base/problem.ts", "../store/store.ts"],
  ["bff/store/store.ts", "../features/topic/topic.service.ts"],
  ["bff/jobs/runner.ts", "../api/deps.ts"],
  ["bff/features/group/group.service.ts", "../topic/topic.service.ts"],
  ["bff/features/group/group.handlers.ts", "../../http/app.ts"],
  ["bff/rocketmq/errors.ts", "../base/config.ts"],
  ["bff/rocketmq/rpc/topic.ts", "#contract/topic.ts"],
  ["bff/rocketmq/rpc/group.ts", "zod"],
  ["bff/rocketmq/cluster/cluster.ts", "../../store/store.ts"],
];

describe("import boundaries", () => {
  let folder = "";
  let output = "";

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "rocketdeck-lint-"));
    copyFileSync(join(root, ".oxlintrc.json"), join(folder, ".oxlintrc.json"));
    for (const [file, imported] of [...allowed, ...refused]) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), `import { thing } from "${imported}";\nexport const it = thing;\n`);
    }
    const oxlint = join(root, "node_modules/.bin/oxlint");
    output = spawnSync(oxlint, ["--format", "unix"], { cwd: folder, encoding: "utf8" }).stdout;
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const complaints = (file: string) =>
    output.split("\n").filter((line) => line.startsWith(`${file}:`) && line.includes("no-restricted-imports"));

  it.each(allowed)("let %s import %s", (file) => expect(complaints(file)).toEqual([]));
  it.each(refused)("keep %s from importing %s", (file) => expect(complaints(file)).toHaveLength(1));
});
