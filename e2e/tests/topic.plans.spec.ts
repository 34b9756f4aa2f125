import type { Api } from "../support/api-client.ts";
import { hold, refuse } from "../support/api-route.ts";
import { expect, test } from "../support/test.ts";
import { planned } from "../../bff/testing/planned.ts";

const GONE = "192.0.2.7:9876";
const WRITE_QUEUES = "Write queues per broker";

async function made(api: Api, instanceId: string, topic: string): Promise<void> {
  const brokers = ["broker-a", "broker-b"];
  await planned(api).createTopic({ instanceId, topic, brokers, messageType: "NORMAL", queues: 4, perm: 6 });
}

test("a plan that could not be made says what is wrong with which address, and can be asked for again", async ({
  page,
  topics,
  api,
  env,
  known,
  unique,
  shot,
}) => {
  const topic = unique("unplanned");
  await made(api, env.instanceId, topic);
  await known(topic);
  const mend = await refuse(page, "topic/planUpdate", "CONNECT_REFUSED", { address: GONE });
  await topics.openOne(topic, "?open=edit");
  await topics.drawer.getByLabel(WRITE_QUEUES).fill("2");
  const alert = topics.plan.getByRole("alert");
  await expect(alert).toContainText(`${GONE} refuses connections`);
  await expect(alert).toContainText("Check that the name server or broker runs there");
  await expect(topics.plan.getByText("Nothing changes.")).toHaveCount(0);
  const save = topics.drawer.getByRole("button", { name: "Save" });
  await expect(save).toBeDisabled();
  await shot("topic-plan-failed");
  await mend();
  await alert.getByRole("button", { name: "Try again" }).click();
  await expect(topics.plan.getByText("On 2 brokers")).toBeVisible();
  await expect(alert).toHaveCount(0);
  await topics.apply("Save");
  await topics.expectDoneOn("broker-a", "broker-b");
});

test("a plan that the cluster has outrun is not applied: the plan of now is shown, and what was typed stays", async ({
  topics,
  api,
  env,
  unique,
}) => {
  const topic = unique("meanwhile");
  await topics.open("?open=create");
  await topics.drawer.getByLabel("Topic").fill(topic);
  await topics.drawer.getByLabel("Remark").fill("typed here");
  const create = topics.drawer.getByRole("button", { name: "Create topic" });
  await expect(create).toBeEnabled();
  await made(api, env.instanceId, topic);
  await create.click();
  await expect(topics.drawer.getByText("The cluster has changed since this plan was shown")).toBeVisible();
  await expect(topics.plan.getByText("The topic exists already")).toBeVisible();
  await expect(topics.plan.getByText("Nothing changes.")).toHaveCount(0);
  await expect(create).toBeDisabled();
  await expect(topics.drawer.getByLabel("Topic")).toHaveValue(topic);
  await expect(topics.drawer.getByLabel("Remark")).toHaveValue("typed here");
});

test("a change that another person outran is shown anew with what they changed, applied as it then is, and taken back", async ({
  topics,
  api,
  env,
  known,
  unique,
  shot,
}) => {
  const topic = unique("outrun");
  const { instanceId } = env;
  await made(api, instanceId, topic);
  await known(topic);
  await topics.openOne(topic, "?open=edit");
  await topics.drawer.getByLabel(WRITE_QUEUES).fill("2");
  const save = topics.drawer.getByRole("button", { name: "Save" });
  await expect(save).toBeEnabled();
  await planned(api).updateTopic({ instanceId, topic, writeQueues: 3, readQueues: 6, remark: "theirs" });
  await save.click();
  await expect(topics.drawer.getByText("The cluster has changed since this plan was shown")).toBeVisible();
  await expect(topics.plan.locator("del")).toHaveText("3");
  await expect(topics.drawer.getByLabel("Read queues per broker")).toHaveValue("6");
  await expect(topics.drawer.getByLabel("Remark")).toHaveValue("theirs");
  await expect(topics.drawer.getByLabel(WRITE_QUEUES)).toHaveValue("2");
  await expect(topics.plan.locator("ins")).toHaveText("2");
  const queues = async () => (await api.topic.get({ instanceId, topic })).brokers.map((on) => on.writeQueues);
  expect(await queues()).toEqual([3, 3]);
  await shot("topic-plan-stale");
  await topics.apply("Save");
  await topics.expectDoneOn("broker-a", "broker-b");
  expect(await queues()).toEqual([2, 2]);
  const now = await api.topic.get({ instanceId, topic });
  expect([now.remark, ...now.brokers.map((on) => on.readQueues)]).toEqual(["theirs", 6, 6]);
  await shot("topic-plan-undo");
  await topics.drawer.getByRole("button", { name: "Undo…" }).click();
  await expect(topics.plan.locator("ins")).toHaveText("3");
  await topics.apply("Take it back");
  await topics.expectDoneOn("broker-a", "broker-b");
  expect(await queues()).toEqual([3, 3]);
});

test("a plan is asked for again by hand; meanwhile it stays, and so does the button", async ({
  page,
  topics,
  unique,
}) => {
  await topics.open("?open=create");
  await topics.drawer.getByLabel("Topic").fill(unique("again"));
  const create = topics.drawer.getByRole("button", { name: "Create topic" });
  await expect(create).toBeEnabled();
  const again = await hold(page, "topic/planCreate");
  await topics.plan.getByRole("button", { name: "Look again" }).click();
  await again.asked();
  await expect(create).toBeEnabled();
  await expect(topics.plan.getByText("On 2 brokers")).toBeVisible();
  await again.letGo();
  await expect(create).toBeEnabled();
});

test("a plan that can no longer be made sure of stays in sight and is not applied before it is", async ({
  page,
  topics,
  unique,
}) => {
  await topics.open("?open=create");
  await topics.drawer.getByLabel("Topic").fill(unique("unsure"));
  const create = topics.drawer.getByRole("button", { name: "Create topic" });
  await expect(create).toBeEnabled();
  const mend = await refuse(page, "topic/planCreate", "NO_NAMESRV_AVAILABLE");
  await topics.plan.getByRole("button", { name: "Look again" }).click();
  const alert = topics.plan.getByRole("alert");
  await expect(alert).toContainText("No name server answers");
  await expect(topics.plan.getByText("On 2 brokers")).toBeVisible();
  await expect(create).toBeDisabled();
  await mend();
  await alert.getByRole("button", { name: "Try again" }).click();
  await expect(alert).toHaveCount(0);
  await expect(create).toBeEnabled();
});

test("a drawer that is opened again asks for the plan of the same change anew", async ({
  page,
  topics,
  api,
  env,
  known,
  unique,
}) => {
  const topic = unique("reopened");
  await made(api, env.instanceId, topic);
  await known(topic);
  await topics.openOne(topic);
  const edit = page.getByRole("button", { name: "Edit", exact: true });
  await edit.click();
  await topics.drawer.getByLabel(WRITE_QUEUES).fill("2");
  const save = topics.drawer.getByRole("button", { name: "Save" });
  await expect(save).toBeEnabled();
  await topics.drawer.getByRole("button", { name: "Cancel" }).click();
  await page.getByRole("button", { name: "Discard" }).click();
  await expect(topics.drawer).toHaveCount(0);
  const plan = await hold(page, "topic/planUpdate");
  await edit.click();
  await topics.drawer.getByLabel(WRITE_QUEUES).fill("2");
  await plan.asked();
  await expect(save).toBeDisabled();
  await plan.letGo();
  await expect(save).toBeEnabled();
});
