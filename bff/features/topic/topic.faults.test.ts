import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { scriptedPeer, type ScriptedAnswer, type ScriptedPeer } from "../../testing/scripted-peer.ts";
import { listed } from "../../testing/scripted-server.ts";
import { problemOf } from "../../testing/problem-of.ts";
import { startTestServer, type TestServer } from "../../testing/start-test-server.ts";
import { planned } from "../../testing/planned.ts";

/** Two masters of one cluster; the first is the name server too. */
let a: ScriptedPeer;
let b: ScriptedPeer;
let server: TestServer;
let instanceId: string;
const TOPIC = "orders";

/** What brokers have of it now. */
let writeQueueNums = 1;
const config = (topicName: string) => ({ topicName, readQueueNums: 1, writeQueueNums, perm: 6 });
const statsAt = (brokerName: string) =>
  `{"offsetTable":{{"brokerName":"${brokerName}","queueId":0,"topic":"${TOPIC}"}:` +
  `{"lastUpdateTimestamp":1700000000000,"maxOffset":5,"minOffset":0}}}`;
const refused: ScriptedAnswer = { code: 1, remark: "refused" };

/** What each master refuses. */
const refuses = { a: new Set<number>(), b: new Set<number>() };

/** Groups that brokers say have consumed it. */
let consumedBy: string[] = [];

/** When the name server is told to forget the topic, last of all. */
let onDelete = () => {};

function answerAs(name: "a" | "b", code: number, topic = TOPIC): ScriptedAnswer | undefined {
  if (refuses[name].has(code)) return refused;
  switch (code) {
    case 351:
      return topic === TOPIC ? { body: config(topic) } : { code: 17, remark: "no such topic" };
    case 21:
      return { body: { topicConfigTable: { [TOPIC]: config(TOPIC) }, dataVersion: {} } };
    case 201:
      return { body: { subscriptionGroupTable: {}, dataVersion: {} } };
    case 202:
      return { body: statsAt(name) };
    case 300:
      return { body: { groupList: consumedBy } };
    case 203:
      return { code: 206, remark: "not online" };
    case 43:
      return { body: { offsetTable: {} } };
    case 11:
      return { code: 19, ext: { nextBeginOffset: "5", minOffset: "0", maxOffset: "5", suggestWhichBrokerId: "0" } };
    case 328:
      return { body: { data: {} } };
    case 101:
      return { code: 22, remark: "no such key" };
    case 215:
      return {};
    case 216:
      onDelete();
      return {};
    default:
      return undefined;
  }
}

beforeAll(async () => {
  b = await scriptedPeer((code, { topic }) => answerAs("b", code, topic));
  a = await scriptedPeer((code, { topic }) => {
    const table = listed({ c: ["a", "b"] }, { a: a.addr, b: b.addr });
    if (refuses.a.has(code)) return refused;
    if (code === 106) return { body: table };
    if (code === 224) return { body: { topicList: [TOPIC] } };
    if (code === 105 && topic === TOPIC)
      return { body: { brokerDatas: Object.values(table.brokerAddrTable), queueDatas: [] } };
    return code === 105 ? { code: 17, remark: "no route" } : answerAs("a", code, topic);
  });
  server = await startTestServer();
  const registered = await server.client.instance.register({ name: "faulty", namesrvAddrs: [a.addr], force: true });
  instanceId = registered.id;
});

beforeEach(() => {
  refuses.a.clear();
  refuses.b.clear();
  writeQueueNums = 1;
  consumedBy = [];
  onDelete = () => {};
});

afterAll(async () => {
  await server.stop();
  await a.stop();
  await b.stop();
});

const targets = ({ failures }: { failures: { target: string }[] }) => failures.map(({ target }) => target).sort();
const topic = TOPIC;

test("an overview without counts has none, and not zero, and names the brokers that refused", async () => {
  for (const code of [202, 300]) for (const refusing of [refuses.a, refuses.b]) refusing.add(code);
  const overview = await server.client.topic.get({ instanceId, topic, since: 0 });
  expect(overview).toMatchObject({ stored: null, historical: null, producedSince: null, groups: null, atLeast: true });
  expect(targets(overview)).toEqual(["a", "b"]);
});

test("an overview of a part is of at least as many, and names the broker that is missing", async () => {
  refuses.b.add(202);
  const overview = await server.client.topic.get({ instanceId, topic });
  expect(overview).toMatchObject({ stored: "5", historical: "5", groups: 0, atLeast: true, readQueues: 2 });
  expect(targets(overview)).toEqual(["b"]);
});

test("a topic whose configuration no broker tells is neither closed nor without queues", async () => {
  for (const refusing of [refuses.a, refuses.b]) refusing.add(351);
  const overview = await server.client.topic.get({ instanceId, topic });
  expect(overview).toMatchObject({ perm: null, readQueues: null, messageType: null, order: null, routeOnly: false });
  expect(targets(overview)).toEqual(["a", "b"]);
});

test.each([
  ["the groups of the topic", 300],
  ["the groups of all topics", 201],
  ["the messages", 202],
] as const)("a topic is not deleted while %s cannot be read", async (_, code) => {
  refuses.b.add(code);
  const problem = await problemOf(planned(server.client).deleteTopic({ instanceId, topic, name: topic }));
  expect([problem.code, problem.data.params?.["targets"]]).toEqual(["USE_UNKNOWN", "b"]);
});

test("a group that has consumed a topic is offline where everybody told who is online, and not where a broker did not", async () => {
  consumedBy = ["audit"];
  const { warnings } = await server.client.topic.planDelete({ instanceId, topic });
  expect(warnings).toContainEqual({ key: "groupsOffline", params: { groups: 1 } });
  refuses.b.add(203);
  const unseen = await server.client.topic.planDelete({ instanceId, topic });
  expect(unseen).toMatchObject({ blocked: "USE_UNKNOWN", warnings: [{ key: "groupsUnseen", params: { groups: 1 } }] });
});

test("a topic whose settings changed after its deletion was shown is not deleted, and what it has now is shown", async () => {
  const { planId, blocked } = await server.client.topic.planDelete({ instanceId, topic });
  expect(blocked).toBeNull();
  writeQueueNums = 8;
  const { code, data } = await problemOf(server.client.topic.delete({ instanceId, topic, planId, name: topic }));
  expect(code).toBe("PLAN_STALE");
  expect(data.plan).toMatchObject({ changes: [{ before: { writeQueues: 8 } }, { before: { writeQueues: 8 } }] });
});

test("an update that changes nothing is refused; one that changes the remark alone is applied and can be taken back", async () => {
  const writes = planned(server.client);
  const asItIs = { instanceId, topic, readQueues: 1, writeQueues: 1, perm: 6, remark: "" } as const;
  expect((await problemOf(writes.updateTopic(asItIs))).code).toBe("NOTHING_TO_CHANGE");
  const { outcomes, undo } = await writes.updateTopic({ ...asItIs, remark: "new" });
  expect(outcomes).toEqual([]);
  const back = await server.client.topic.planUndo({ instanceId, topic, undo: undo ?? "" });
  expect(back.remark).toEqual({ before: "new", after: "" });
  await server.client.topic.update({ instanceId, topic, planId: back.planId });
});

test("what a deletion takes with it is unknown while a broker does not tell", async () => {
  refuses.b.add(202);
  const plan = await server.client.topic.planDelete({ instanceId, topic });
  expect(plan).toMatchObject({ blocked: "USE_UNKNOWN", stored: null, warnings: [] });
  const { changes } = await server.client.topic.planDeleteMany({ instanceId, topics: [topic] });
  expect(changes[0]).toMatchObject({ topic, blocked: "USE_UNKNOWN", stored: null });
});

test("figures of half a sweep are of at least as many, and the list says whose are missing", async () => {
  refuses.b.add(202);
  await server.deps.stats.topics(instanceId, { maxAgeMs: -1 });
  const list = await server.client.topic.list({ instanceId, sort: "stored", order: "desc" });
  expect(list.items).toMatchObject([{ topic, stored: "5", atLeast: true }]);
  expect(targets(list)).toEqual(["b"]);
  refuses.b.clear();
  await server.deps.stats.topics(instanceId, { maxAgeMs: -1 });
  await vi.waitFor(async () => {
    const whole = await server.client.topic.list({ instanceId, fresh: true });
    expect(whole).toMatchObject({ failures: [], items: [{ topic, stored: "10", atLeast: false }] });
  });
});

test("a topic's lag is not zero while the offsets of a broker were not read", async () => {
  refuses.b.add(43);
  await server.deps.stats.groups(instanceId, { maxAgeMs: -1 });
  const list = await server.client.topic.list({ instanceId, fresh: true });
  expect(list.items).toMatchObject([{ topic, lag: null, atLeast: true }]);
  expect(targets(list)).toEqual(["b"]);
  expect((await server.client.topic.get({ instanceId, topic })).lag).toBeNull();
});

test.each([
  ["name servers that do not answer", 105, { code: "routeUnknown" }],
  ["a cancelled job", undefined, { code: "notLookedAgain" }],
])(
  "a deleted topic is not called failed because of %s when its route is looked at again",
  async (_, code, told) => {
    const { planId } = await server.client.topic.planDeleteMany({ instanceId, topics: [topic] });
    let deleted = false;
    onDelete = () => {
      deleted = true;
      if (code !== undefined) refuses.a.add(code);
    };
    const { jobId } = await server.client.topic.deleteMany({ instanceId, planId, count: 1 });
    await vi.waitFor(() => expect(deleted).toBe(true));
    if (code === undefined) await server.client.job.cancel({ jobId });
    await vi.waitFor(async () => expect((await server.client.job.get({ jobId })).finishedAt).not.toBeNull(), 15_000);
    const { items } = await server.client.job.rows({ jobId });
    expect(items).toMatchObject([{ key: topic, state: "ok", ...told }]);
  },
  30_000,
);
