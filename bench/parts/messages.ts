import type { Bench } from "../bench.ts";
import { timed, type BenchConsole } from "../console.ts";
import { atMost, type Figure } from "../figure.ts";
import { messagesTopic, MESSAGES_TOPIC } from "../messages-topic.ts";

const PAGE = 20;
const HOUR_MS = 3_600_000;

async function firstPage({ api, instanceId }: BenchConsole): Promise<number> {
  const to = Date.now();
  const { ms, value } = await timed(() =>
    api.message.byTime({ instanceId, topic: MESSAGES_TOPIC, from: to - HOUR_MS, to, pageSize: PAGE }),
  );
  if (value.items.length !== PAGE || value.failures.length > 0) throw new Error("not a whole page of messages");
  return ms;
}

/** The first page of a topic's messages by time, through the API. */
export async function messages(bench: Bench): Promise<Figure[]> {
  await messagesTopic(bench);
  const lasting = await bench.console();
  for (let i = 0; i < 20; i++) await firstPage(lasting);
  const cold: number[] = [];
  const warm: number[] = [];
  await bench.rounds(2, async () => {
    const fresh = await bench.freshConsole();
    cold.push(await firstPage(fresh));
    await fresh.stop();
    warm.push(await firstPage(lasting));
    bench.tell({ cold, warm });
  });
  const what = `First page of messages by time, of ${bench.settings.messages.toLocaleString("en")} in 8 queues`;
  return [
    atMost(`${what}, cold`, "ms", {
      ours: cold,
      limit: 50,
      note: "cold: the first list that a new console is asked for",
    }),
    atMost(`${what}, warm`, "ms", { ours: warm, limit: 20 }),
  ];
}
