import { expect, test } from "vitest";
import type { Unkept } from "#contract/plan.ts";
import type { TopicDeletion } from "#contract/topic.ts";
import { plannedFor } from "./topic-deletions.ts";

const deletion = (topic: string, clients: number): Unkept<TopicDeletion> => ({
  topic,
  changes: [],
  routes: [],
  stored: "0",
  users: [
    {
      role: "consumer",
      group: "g",
      clients: Array.from({ length: clients }, (_, n) => ({ clientId: `client-${n}`, address: "-" })),
    },
  ],
  remark: null,
  blocked: "STILL_IN_USE",
  warnings: [],
  commands: [],
  failures: [],
});

test("a plan of several topics ends where it is as long as one may be, and small ones are planned to the last", async () => {
  const topics = Array.from({ length: 1000 }, (_, n) => `topic-${n}`);
  const large = await plannedFor(topics, (topic) => Promise.resolve(deletion(topic, 1000)));
  expect(large.length).toBeGreaterThan(100);
  expect(JSON.stringify(large).length).toBeLessThan(6 * 2 ** 20);
  expect(large.map(({ topic }) => topic)).toEqual(topics.slice(0, large.length));
  expect(await plannedFor(topics, (topic) => Promise.resolve(deletion(topic, 1)))).toHaveLength(1000);
});
