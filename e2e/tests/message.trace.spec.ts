import { expect, test } from "../support/test.ts";
import { Producer } from "../../bff/rocketmq/client/producer.ts";
import { queryByKey } from "../../bff/rocketmq/admin/message-admin.ts";
import { createTestTopic } from "../../bff/testing/test-topic.ts";
import { after, before, pub, traceBody } from "../../bff/testing/trace-records.ts";
import { Clients } from "../../sandbox/oracle/data/clients.ts";
import { startOracle } from "../../sandbox/oracle/oracle.ts";
import { untilFound } from "../support/until.ts";

test("what Java clients traced of a message is a time line on its page: the send, the broker, each group's deliveries", async ({
  page,
  env,
  api,
  messages,
  cluster,
  unique,
  shot,
}) => {
  const { namesrvAddrs } = env.cluster;
  const topic = await createTestTopic(cluster, { topic: unique("traced"), readQueueNums: 1, writeQueueNums: 1 });
  const group = unique("billing");
  const oracle = await startOracle({ version: "5.5.0", namesrvAddrs });
  try {
    const clients = new Clients(oracle, namesrvAddrs);
    // A busy machine answers late.
    const traces = { enableTrace: true, mqClientApiTimeout: 15_000 };
    const sender = await clients.producer(unique("shop"), traces);
    await clients.consumer({ group, topics: { [topic]: "*" }, properties: { ...traces, maxReconsumeTimes: 1 } });
    const key = unique("order");
    const queue = { topic, brokerName: "broker-a", queueId: 0 };
    const { msgId } = await sender.send({ topic, body: "no", tags: "FAIL", keys: key }, queue);
    const found = () =>
      api.trace.byMessage({ instanceId: env.instanceId, id: msgId, traceTopic: "RMQ_SYS_TRACE_TOPIC" });
    await expect.poll(async () => (await found()).groups[0]?.deliveries.length, { timeout: 60_000 }).toBe(2);
    await expect.poll(async () => (await found()).sends.length, { timeout: 30_000 }).toBe(1);

    await messages.open({ tab: "id", topic, id: msgId });
    await messages.link(msgId).click();
    const trace = messages.part("Trace");
    await expect(trace.getByRole("row", { name: /^Sent Normal/ })).toContainText("Succeeded");
    await expect(trace.getByRole("row", { name: /^Stored by the broker broker-a/ })).toBeVisible();
    await expect(trace.getByRole("row", { name: new RegExp(`^Group ${group} 2 deliveries`) })).toBeVisible();
    await expect(trace.getByRole("row", { name: /^First delivery 127\.0\.0\.1/ })).toContainText(
      "Failed Asked for a retry",
    );
    await expect(trace.getByRole("row", { name: /^Retry 1/ })).toContainText("Failed Asked for a retry");
    await trace.scrollIntoViewIfNeeded();
    await shot("message-trace-section");

    await page.goto(`/instances/${env.instanceId}/messages/trace?tab=key&key=${key}`);
    await expect(page.getByRole("status").filter({ hasText: "1 traced message has the key" })).toBeVisible();
    await shot("message-trace-by-key");
    await page.getByRole("link", { name: msgId }).click();
    await expect(page).toHaveURL(new RegExp(`id=${msgId}`));
    await expect(page.getByRole("table", { name: "Time line of the trace" })).toContainText(group);
    await page.getByText("Clock time", { exact: true }).click();
    await shot("message-trace");
    // The trace topic itself says so.
    const stored = await queryByKey(cluster, { topic: "RMQ_SYS_TRACE_TOPIC", key: msgId });
    const bodies = await Promise.all(stored.items.map((one) => one.unpackedBody()));
    expect(Buffer.concat(bodies).toString()).toContain(`${group}\u0002`);
  } finally {
    await oracle.stop();
  }
});

test("negative costs, clocks that differ, deliveries without an end and broken records are shown as such", async ({
  page,
  env,
  cluster,
  unique,
  shot,
}) => {
  const traceTopic = await createTestTopic(cluster, {
    topic: unique("own-traces"),
    readQueueNums: 1,
    writeQueueNums: 1,
  });
  const id = unique("id");
  const at = Date.now();
  const body = traceBody(
    pub({ id, at, cost: -40, keys: "order-1" }),
    before({ id, request: "r1", at: at + 3_600_000 }),
    after({ id, request: "r1", at: at + 3_600_020, cost: 20 }),
    before({ id, request: "r2", at: at + 100, group: "audit", attempt: 2 }),
    before({ id, request: "r3" }).with(1, "yesterday"),
  );
  const { msgId } = await new Producer(cluster).send({ topic: traceTopic, body, keys: [id] });
  await untilFound(cluster, traceTopic, msgId);
  await page.goto(`/instances/${env.instanceId}/messages/trace?id=${id}&traceTopic=${traceTopic}`);
  const table = page.getByRole("table", { name: "Time line of the trace" });
  await expect(table.getByRole("row", { name: /^Sent Normal/ })).toContainText("-40");
  await expect(table.getByRole("row", { name: /^Retry 2/ })).toContainText("No end recorded");
  await expect(
    page.getByText(/127\.0\.0\.1 tells a time 1 hr later|127\.0\.0\.1 tells a time 60 min later/),
  ).toBeVisible();
  await expect(page.getByRole("region", { name: "Broken records" })).toContainText("SubBefore|yesterday|");
  await shot("message-trace-odd");
  await page.setViewportSize({ width: 768, height: 900 });
  await shot("message-trace-odd-768");
});

test("no topic, clients that do not trace, and what could not be read are told apart, with the way on", async ({
  page,
  env,
  unique,
  shot,
}) => {
  const id = unique("nothing");
  const open = (traceTopic: string) =>
    page.goto(`/instances/${env.instanceId}/messages/trace?id=${id}&traceTopic=${traceTopic}`);
  await open(unique("no-topic"));
  await expect(page.getByText(/^No broker has the trace topic no-topic/)).toBeVisible();
  await page.getByRole("button", { name: "Read RMQ_SYS_TRACE_TOPIC" }).click();
  await expect(page.getByText("No record of this id")).toBeVisible();
  await expect(page.getByText(/OpenTelemetry only/)).toBeVisible();
  const code = page.getByRole("region", { name: "Switch tracing on" });
  await expect(code).toContainText('new DefaultMQProducer("my-producers", true, "RMQ_SYS_TRACE_TOPIC")');
  await code.getByText("Go", { exact: true }).click();
  await expect(code).toContainText("producer.WithTrace(trace)");
  await shot("message-trace-none");
  // What failed is said to have failed, and never that there is no trace.
  const unreadable = {
    state: "unreadable" as const,
    failures: [{ target: "broker-b", code: "INDEX_DISABLED" as const }],
  };
  await page.route("**/api/rpc/trace/byMessage", async (route) => {
    const response = await route.fetch();
    const answer = (await response.json()) as { json: object };
    await route.fulfill({ response, json: { ...answer, json: { ...answer.json, ...unreadable } } });
  });
  await page.getByRole("button", { name: "Query", exact: true }).click();
  await expect(page.getByText("The trace could not be read")).toBeVisible();
  await expect(page.getByText(/messageIndexEnable=false\)/)).toBeVisible();
  await shot("message-trace-unreadable");
});
