import type { Page } from "@playwright/test";
import { writeGroupEverywhere } from "../../bff/rocketmq/admin/group-admin.ts";
import { RocketMQCluster } from "../../bff/rocketmq/cluster/cluster.ts";
import { createTestTopic, untilRouted } from "../../bff/testing/test-topic.ts";
import { Producer } from "../../bff/rocketmq/client/producer.ts";
import { commit } from "../support/one-queue.ts";
import { expectLoaded } from "../pom/loaded.ts";
import { expect, test } from "../support/test.ts";

/** Words that say that there is nothing, or that something is not so. */
const ABSENCES =
  /\bno (client|producer|consumer|group|topic|message)s?\b|nobody|nothing (found|matches)|\b(offline|closed|unspecified|never)\b|not connected/gi;

/** Rates that were 0 before the silence are told with the time that they are of. */
const isRate = (zero: string) => /TPS|· Last:/.test(zero);

/** What a page says is 0, by where it stands, and what it says that there is not. */
async function denials(page: Page): Promise<string[]> {
  const zeros = await page.getByRole("main").evaluate((main) => {
    const isZero = (text: string) => /^0(\.0+)?( |$)/.test(text.trim());
    const facts = [...main.querySelectorAll("dd")].flatMap((value) =>
      isZero(value.innerText) ? [`${value.parentElement?.querySelector("dt")?.innerText ?? ""}: 0`] : [],
    );
    const cells = [...main.querySelectorAll<HTMLTableCellElement>("td")].flatMap((cell) => {
      const head = cell.closest("table")?.querySelectorAll("thead th")[cell.cellIndex];
      const row = cell.closest("tr")?.cells[0]?.innerText ?? "";
      return isZero(cell.innerText) ? [`${row} · ${head?.textContent ?? ""}: 0`] : [];
    });
    return [...facts, ...cells];
  });
  const words = (await page.getByRole("main").innerText()).match(ABSENCES) ?? [];
  return [...zeros.filter((zero) => !isRate(zero)), ...words.map((word) => word.toLowerCase())];
}

test("while no broker answers, no page says of anything that it is 0 or not there that was not before", async ({
  page,
  ownCluster,
  unique,
}) => {
  test.setTimeout(600_000);
  const { sandbox, instanceId } = await ownCluster({ name: unique("silent") });
  const cluster = new RocketMQCluster({ namesrvAddrs: sandbox.namesrvAddrs });
  const producer = new Producer(cluster, { group: "shop" });
  try {
    await createTestTopic(cluster, { topic: "orders", readQueueNums: 2, writeQueueNums: 2 });
    await untilRouted(cluster, "orders", 1);
    for (let n = 0; n < 6; n++) {
      const queue = { brokerName: "broker-a", queueId: n % 2 };
      await producer.send({ topic: "orders", keys: `key-${n}`, body: Buffer.from(`order ${n}`), queue });
    }
    await writeGroupEverywhere(cluster, { groupName: "billing", patch: {} });
    await commit(cluster, "billing", "orders", 1n);
    const of = (path: string) => `/instances/${instanceId}/${path}`;
    const pages = [
      of("overview"),
      of("overview?tab=details"),
      of("topics"),
      ...["queues", "groups", "producers", "messages", "lag", "config"].map((tab) => of(`topics/orders?tab=${tab}`)),
      of("groups"),
      ...["progress", "clients", "subscriptions", "config"].map((tab) => of(`groups/billing?tab=${tab}`)),
      of("messages?topic=orders&group=billing"),
      of("topics/orders?open=delete"),
      of("groups/billing?open=delete"),
    ];
    const look = async (path: string) => {
      await page.goto(path);
      await expect(page.getByRole("main").getByRole("heading").first()).toBeVisible();
      await expectLoaded(page);
      return denials(page);
    };
    const before = new Map<string, string[]>();
    await test.step("while all is well", async () => {
      await page.goto(of("overview"));
      // It is so, and may be said later, too.
      await expect(page.getByText("is offline: no client is there")).toBeVisible({ timeout: 60_000 });
      for (const path of pages) before.set(path, await look(path));
    });
    sandbox.holdBroker("broker-a");
    for (const path of pages)
      await test.step(path, async () => {
        const known = new Set(before.get(path));
        const now = await look(path);
        expect
          .soft(
            now.filter((one) => !known.has(one)),
            path,
          )
          .toEqual([]);
      });
  } finally {
    cluster.close();
  }
});
