import { expect, test } from "vitest";
import { eventEncoder, eventStream } from "./event-stream.ts";

async function* events(...all: object[]): AsyncGenerator<object, void> {
  yield* all;
}

test("an event that three hundred people are sent is put into words once", async () => {
  let times = 0;
  const encode = eventEncoder((event) => {
    times += 1;
    return { json: event };
  });
  const event = { job: { done: 1 }, rows: [] };
  const sent = await Promise.all(
    Array.from({ length: 300 }, () => new Response(eventStream(events(event), encode, toProblem)).text()),
  );
  expect(times).toBe(1);
  expect(new Set(sent)).toEqual(
    new Set([': \n\nevent: message\ndata: {"json":{"job":{"done":1},"rows":[]}}\n\nevent: done\ndata: \n\n']),
  );
});

const toProblem = (error: unknown) => ({ code: String(error) });

test("a stream that nobody reads any more gives up its source, one that fails ends with what it failed of", async () => {
  let ended = false;
  async function* endless(): AsyncGenerator<object, void> {
    try {
      for (;;) yield {};
    } finally {
      ended = true;
    }
  }
  const reader = eventStream(
    endless(),
    eventEncoder((event) => event),
    toProblem,
  ).getReader();
  await reader.read();
  await reader.cancel();
  expect(ended).toBe(true);
  const failing = eventStream(
    Object.assign(events(), { next: () => Promise.reject(new Error("disk")) }),
    eventEncoder((event) => event),
    toProblem,
  );
  expect(await new Response(failing).text()).toBe(': \n\nevent: error\ndata: {"code":"Error: disk"}\n\n');
});
