import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { scriptedPeer, type ScriptedAnswer, type ScriptedPeer } from "../../testing/scripted-peer.ts";
import { listed } from "../../testing/scripted-server.ts";
import { planned } from "../../testing/planned.ts";
import { problemOf } from "../../testing/problem-of.ts";
import { startTestServer, type TestServer } from "../../testing/start-test-server.ts";

const GROUP = "billing";
const TOPIC = "orders";

/** Two masters of one cluster, on each of which the group is five messages behind; the first is the name server too. */
let a: ScriptedPeer;
let b: ScriptedPeer;
let server: TestServer;
let instanceId: string;
/** What brokers have of it now. */
let retryMaxTimes = 16;
/** What the second master refuses. */
const refuses = new Set<number>();

const offsets = (brokerName: string) =>
  `{"consumeTps":1.0,"offsetTable":{{"brokerName":"${brokerName}","queueId":0,"topic":"${TOPIC}"}:` +
  `{"brokerOffset":8,"consumerOffset":3,"lastTimestamp":1700000000000}}}`;

function answerAs(name: "a" | "b", code: number): ScriptedAnswer | undefined {
  switch (code) {
    case 201:
      return { body: { subscriptionGroupTable: { [GROUP]: { groupName: GROUP, retryMaxTimes } }, dataVersion: {} } };
    case 21:
      return { body: { topicConfigTable: {}, dataVersion: {} } };
    case 224:
      return { body: { topicList: [] } };
    case 43:
      return { body: { offsetTable: { [`${TOPIC}@${GROUP}`]: { 0: 3 } } } };
    case 343:
      return { body: { topicList: [TOPIC] } };
    case 208:
      return { body: offsets(name) };
    case 303:
      return { body: { consumeTimeSpanSet: [] } };
    case 203:
      return { code: 206, remark: "not online" };
    default:
      return undefined;
  }
}

beforeAll(async () => {
  b = await scriptedPeer((code) => (refuses.has(code) ? { code: 1, remark: "refused" } : answerAs("b", code)));
  a = await scriptedPeer((code) => {
    if (code === 105) return { code: 17, remark: "no route" };
    return code === 106 ? { body: listed({ c: ["a", "b"] }, { a: a.addr, b: b.addr }) } : answerAs("a", code);
  });
  server = await startTestServer();
  const registered = await server.client.instance.register({ name: "faulty", namesrvAddrs: [a.addr], force: true });
  instanceId = registered.id;
});

beforeEach(() => {
  refuses.clear();
  retryMaxTimes = 16;
});

afterAll(async () => {
  await server.stop();
  await a.stop();
  await b.stop();
});

const listedGroup = () => server.client.group.list({ instanceId, sort: "lag", order: "desc" });

test("a sweep of every master gives the whole lag of a group", async () => {
  await server.deps.stats.groups(instanceId, { maxAgeMs: -1 });
  expect(await listedGroup()).toMatchObject({ failures: [], items: [{ group: GROUP, lag: "10", atLeast: false }] });
});

const short = [{ target: "b" }];

test("without what a group consumed at a master its lag is of at least as many, and the list says whose is missing", async () => {
  refuses.add(208);
  await server.deps.stats.groups(instanceId, { maxAgeMs: -1 });
  expect(await listedGroup()).toMatchObject({ failures: short, items: [{ group: GROUP, lag: "5", atLeast: true }] });
  const one = await server.client.group.get({ instanceId, group: GROUP });
  expect(one).toMatchObject({ failures: short, lag: "5", atLeast: true });
});

test("a list that is sorted by the figures of half a sweep says whose are missing, though the rows are read whole", async () => {
  refuses.add(43);
  await server.deps.stats.groups(instanceId, { maxAgeMs: -1 });
  expect(await listedGroup()).toMatchObject({ failures: short, items: [{ group: GROUP, lag: "10", atLeast: false }] });
});

test("a group whose settings changed after its deletion was shown is not deleted", async () => {
  const at = { instanceId, group: GROUP };
  const { planId, blocked } = await server.client.group.planDelete(at);
  expect(blocked).toBeNull();
  retryMaxTimes = 3;
  const { code, data } = await problemOf(server.client.group.delete({ ...at, planId, name: GROUP }));
  expect(code).toBe("PLAN_STALE");
  expect(data.plan).toMatchObject({ changes: [{ before: { retryMaxTimes: 3 } }, { before: { retryMaxTimes: 3 } }] });
});

test("an update that changes nothing is refused; one that changes the remark alone is applied and can be taken back", async () => {
  const at = { instanceId, group: GROUP };
  const asItIs = { ...at, retryMaxTimes: 16, remark: "" };
  const writes = planned(server.client);
  expect((await problemOf(writes.updateGroup(asItIs))).code).toBe("NOTHING_TO_CHANGE");
  const { outcomes, undo } = await writes.updateGroup({ ...asItIs, remark: "new" });
  expect(outcomes).toEqual([]);
  const back = await server.client.group.planUndo({ ...at, undo: undo ?? "" });
  expect(back.remark).toEqual({ before: "new", after: "" });
  await server.client.group.update({ ...at, planId: back.planId });
});
