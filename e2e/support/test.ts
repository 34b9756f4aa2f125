import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import { test as base, expect, type Page } from "@playwright/test";
import { RocketMQCluster } from "../../bff/rocketmq/cluster/cluster.ts";
import { untilRouted } from "../../bff/testing/test-topic.ts";
import { startCluster, type ClusterOptions, type SandboxCluster } from "../../sandbox/cluster.ts";
import { startConsole, type ConsoleServer } from "../../scripts/lib/console-server.ts";
import { DialTestPage } from "../pom/dial-test.page.ts";
import { GroupPage } from "../pom/group.page.ts";
import { InstancePage } from "../pom/instance.page.ts";
import { expectLoaded } from "../pom/loaded.ts";
import { MessagePage } from "../pom/message.page.ts";
import { TopicPage } from "../pom/topic.page.ts";
import { apiClient, storageState, type Api } from "./api-client.ts";
import { environment, type Environment } from "./environment.ts";
import { registration } from "./registration.ts";
import { untilOffered } from "./until.ts";

interface WorkerFixtures {
  /** What runs: the console's address, its administrator, the shared cluster. */
  env: Environment;
  /** The console's API as the administrator. */
  api: Api;
  /** The shared cluster without the console between: ask the broker, not the page. */
  cluster: RocketMQCluster;
}

interface TestFixtures {
  /** Pages of the shared cluster. */
  topics: TopicPage;
  groups: GroupPage;
  messages: MessagePage;
  dial: DialTestPage;
  /** The lists of instances. */
  instances: InstancePage;
  /** Waits until a topic that was made on so many brokers (both, if not said) can be sent to and is what the console lists. */
  known: (topic: string, brokers?: number) => Promise<void>;
  /** Fails when axe finds something serious or critical on the page once it is loaded. */
  accessible: (page?: Page) => Promise<void>;
  /** Does what `accessible` does and keeps a screenshot as an artefact in test-results/screens. */
  shot: (name: string, page?: Page) => Promise<void>;
  /** A cluster that this test may break, registered with the console; it is stopped and forgotten afterwards. */
  ownCluster: (options: ClusterOptions) => Promise<{ sandbox: SandboxCluster; instanceId: string }>;
  /** A console of this test's own on a data directory; it may be killed and started again on the same one. */
  ownConsole: (dataDir: string, env?: Record<string, string>) => Promise<ConsoleServer>;
  /** An empty directory that goes with the test. */
  scratch: string;
  /** A name that no other test and no earlier run uses. */
  unique: (prefix: string) => string;
}

/** The base of every browser test: signed in as the administrator unless `storageState` is overridden. */
export const test = base.extend<TestFixtures, WorkerFixtures>({
  env: [async ({}, use) => use(environment()), { scope: "worker" }],
  api: [async ({ env }, use) => use(apiClient(env.url, env.cookie)), { scope: "worker" }],
  cluster: [
    async ({ env }, use) => {
      const { namesrvAddrs, clusterName } = env.cluster;
      const cluster = new RocketMQCluster({ namesrvAddrs, clusterName });
      await use(cluster);
      cluster.close();
    },
    { scope: "worker" },
  ],
  baseURL: async ({ env }, use) => use(env.url),
  storageState: async ({ env }, use) => use(storageState(env.url, env.cookie)),

  topics: async ({ page, env }, use) => use(new TopicPage(page, env.instanceId)),
  groups: async ({ page, env }, use) => use(new GroupPage(page, env.instanceId)),
  messages: async ({ page, env }, use) => use(new MessagePage(page, env.instanceId)),
  dial: async ({ page, env }, use) => use(new DialTestPage(page, env.instanceId)),
  instances: async ({ page }, use) => use(new InstancePage(page)),

  known: async ({ api, cluster, env }, use) => {
    await use(async (topic, brokers = 2) => {
      await untilRouted(cluster, topic, brokers);
      await untilOffered(api, env.instanceId, topic);
    });
  },
  accessible: async ({ page }, use) => {
    await use(async (of = page) => {
      await expectLoaded(of);
      // There are no frames, and what is well need not be described: a fifth of the time.
      const axe = new AxeBuilder({ page: of }).setLegacyMode().options({ resultTypes: ["violations"] });
      const { violations } = await axe.analyze();
      const grave = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
      const lines = grave.map(
        ({ id, help, nodes }) => `${id}: ${help}\n${nodes.map(({ html }) => `  ${html}`).join("\n")}`,
      );
      expect(lines, "serious or critical findings of axe").toEqual([]);
    });
  },
  shot: async ({ page, accessible }, use) => {
    await use(async (name, of = page) => {
      await accessible(of);
      await of.screenshot({ path: join("test-results/screens", `${name}.png`), animations: "disabled" });
    });
  },
  ownCluster: async ({ api, unique }, use) => {
    const ends: (() => Promise<unknown>)[] = [];
    await use(async (options) => {
      const sandbox = await startCluster(options);
      ends.push(() => sandbox.stop());
      const name = unique("own");
      const { id: instanceId } = await api.instance.register(registration(name, sandbox));
      ends.push(() => api.instance.destroy({ instanceId, name }));
      ends.push(() => api.instance.recycle({ instanceId }));
      return { sandbox, instanceId };
    });
    for (const end of ends.toReversed()) await end();
  },
  scratch: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), "rocketdeck-e2e-"));
    await use(folder);
    await rm(folder, { recursive: true, force: true });
  },
  // Depends on `scratch` so that a server is stopped before its directory goes.
  ownConsole: async ({ scratch: _scratch }, use) => {
    const servers: ConsoleServer[] = [];
    await use(async (dataDir, env) => {
      const server = await startConsole({ dataDir, env });
      servers.push(server);
      return server;
    });
    await Promise.all(servers.map((server) => server.stop()));
  },
  unique: async ({}, use, info) => {
    let count = 0;
    await use((prefix) => `${prefix}-${Date.now().toString(36)}-${info.workerIndex}-${(count += 1)}`);
  },
});

/** A browser that nobody is signed in with: `test.use(signedOut)`. */
export const signedOut = { storageState: { cookies: [], origins: [] } };

export { expect };
