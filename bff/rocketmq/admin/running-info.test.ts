import type { Socket } from "node:net";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { ScriptedReply, ScriptedRequest } from "../../../sandbox/fault-proxy/answer.ts";
import { replyTo, startScriptedBroker, type ScriptedBroker } from "../../../sandbox/fault-proxy/scripted-broker.ts";
import { RocketMQCluster } from "../cluster/cluster.ts";
import { groupRpc } from "../rpc/group.ts";
import { consumerRunningInfo } from "./running-info.ts";

const CODE = groupRpc.getConsumerRunningInfo.code;

let broker: ScriptedBroker;
let clusters: RocketMQCluster[];
let asked: { request: ScriptedRequest; socket: Socket }[];

beforeEach(async () => {
  asked = [];
  broker = await startScriptedBroker(() => ({
    answers: { [CODE]: (request, socket) => void asked.push({ request, socket }) },
  }));
  clusters = [0, 1].map(() => new RocketMQCluster({ namesrvAddrs: [broker.addr] }));
});
afterEach(async () => {
  vi.restoreAllMocks();
  for (const cluster of clusters) cluster.close();
  await broker.stop();
});

const ask = (of: number, consumerGroup: string, clientId: string, timeoutMs?: number) =>
  consumerRunningInfo(
    clusters[of] as RocketMQCluster,
    broker.addr,
    { consumerGroup, clientId, jstackEnable: false },
    timeoutMs,
  );

const groupsAsked = () => asked.map(({ request }) => request.ext["consumerGroup"]);

function answer(at: number, reply: ScriptedReply = { body: '{"properties":{},"subscriptionSet":[]}' }): void {
  const one = asked[at];
  if (one === undefined) throw new Error("nobody was asked");
  one.socket.write(replyTo(one.request, reply));
}

const untilAsked = (groups: readonly string[]) =>
  vi.waitFor(() => expect(groupsAsked()).toEqual(groups), { timeout: 10_000, interval: 10 });

/** Its connections are there, and a question is at the broker before any time is over. */
async function connected(): Promise<void> {
  const first = [ask(0, "first", "another"), ask(1, "first", "yet another")];
  await untilAsked(["first", "first"]);
  for (const at of [0, 1]) answer(at);
  await Promise.all(first);
  asked = [];
}

it("a client has one question at a time, whichever group and cluster it is asked about", async () => {
  const answers = [ask(0, "a", "one"), ask(0, "b", "one"), ask(1, "a", "one")];
  await untilAsked(["a"]);
  const other = ask(0, "c", "two");
  await untilAsked(["a", "c"]);
  answer(0);
  await untilAsked(["a", "c", "b"]);
  answer(2);
  await untilAsked(["a", "c", "b", "a"]);
  answer(1);
  answer(3);
  expect(await Promise.all([...answers, other])).toHaveLength(4);
});

it("who asks a cluster what is being asked there gets the same answer", async () => {
  const answers = [ask(0, "a", "three"), ask(0, "a", "three")];
  await untilAsked(["a"]);
  answer(0);
  const [first, second] = await Promise.all(answers);
  expect(second).toBe(first);
  expect(asked).toHaveLength(1);
});

it("a client that does not answer in time is left alone for as long as its broker waits for it, and asked again after that", async () => {
  await connected();
  const waiting = [ask(0, "a", "four", 500), ask(0, "b", "four", 500)];
  for (const one of await Promise.allSettled(waiting))
    expect(one).toMatchObject({ status: "rejected", reason: { code: "REQUEST_TIMEOUT" } });
  expect(groupsAsked()).toEqual(["a"]);
  await expect(ask(0, "a", "four", 500)).rejects.toMatchObject({ code: "REQUEST_TIMEOUT" });
  expect(groupsAsked()).toEqual(["a"]);
  await expect(ask(1, "a", "four", 500)).rejects.toMatchObject({ code: "REQUEST_TIMEOUT" });
  expect(groupsAsked()).toEqual(["a", "a"]);
  const later = performance.now() + 10_100;
  vi.spyOn(performance, "now").mockImplementation(() => later);
  const again = ask(0, "b", "four");
  await untilAsked(["a", "a", "b"]);
  answer(2);
  await again;
});

it("who waited while a client let its broker wait in vain does not wait for as long again, and the next is asked at once", async () => {
  const waited = Promise.allSettled([ask(0, "a", "five"), ask(0, "b", "five")]);
  await untilAsked(["a"]);
  const later = performance.now() + 10_000;
  const clock = vi.spyOn(performance, "now").mockImplementation(() => later);
  answer(0, { code: 207, remark: "the client does not answer" });
  for (const one of await waited)
    expect(one).toMatchObject({ status: "rejected", reason: { code: "REQUEST_TIMEOUT" } });
  expect(groupsAsked()).toEqual(["a"]);
  clock.mockImplementation(() => later + 1);
  const next = ask(0, "b", "five");
  await untilAsked(["a", "b"]);
  answer(1);
  await next;
});
