import type { MessageExt } from "../calls.ts";
import type { Judge, Question, Sides } from "../judge.ts";
import { OracleError } from "../oracle.ts";
import { byKey, type Sheet } from "../sheet.ts";
import { totalOf } from "./comparison.ts";
import { type Pulled, uniqueIdOf } from "./messages.ts";

const PAGE_SIZE = 200;
const HOUR_MS = 3_600_000;

interface Range {
  from: number;
  to: number;
}

const storedAt = ({ message }: Pulled) => Number(message.storeTimestamp);
const within =
  ({ from, to }: Range) =>
  (pulled: Pulled) =>
    storedAt(pulled) >= from && storedAt(pulled) <= to;

/** Which messages and, since messages of one millisecond have no order, their times in the order shown. */
const listed = (messages: readonly { offsetMsgId: string; storedAt: number }[]): Sheet => ({
  messages: byKey(
    messages,
    ({ offsetMsgId }) => offsetMsgId,
    () => true,
  ),
  times: messages.map(({ storedAt }) => storedAt).join(" "),
});

async function browse({ api, instanceId }: Sides, topic: string, range: Range, order: "newest" | "oldest") {
  const items: { offsetMsgId: string; storedAt: number }[] = [];
  let total: string | null = null;
  for (let cursor: string | undefined; ;) {
    const page = await api.message.byTime({ instanceId, topic, ...range, order, pageSize: PAGE_SIZE, cursor });
    items.push(...page.items);
    total ??= page.total;
    if (page.cursor === null) return { items, total };
    cursor = page.cursor;
  }
}

/** A search by time against what the official client pulled from every queue. */
function search(
  sides: Sides,
  topic: string,
  all: readonly Pulled[],
  range: Range,
  order: "newest" | "oldest",
): Question[] {
  const expected = all
    .filter(within(range))
    .map((pulled) => ({ offsetMsgId: pulled.message.msgId, storedAt: storedAt(pulled) }))
    .sort((a, b) => (order === "newest" ? b.storedAt - a.storedAt : a.storedAt - b.storedAt));
  const first = all[0] === undefined ? 0 : storedAt(all[0]);
  const subject = `${topic} ${order} from ${range.from - first} to ${range.to - first} ms after the first`;
  let shown: ReturnType<typeof browse> | undefined;
  const ask = () => (shown ??= browse(sides, topic, range, order));
  return [
    {
      what: "Messages: by time",
      subject,
      oracle: () => Promise.resolve(listed(expected)),
      console: async () => listed((await ask()).items),
    },
    {
      what: "Messages: how many between two times",
      subject,
      oracle: () => Promise.resolve({ total: String(expected.length) }),
      console: async () => ({ total: (await ask()).total }),
    },
  ];
}

/** A millisecond before, at and after a message, and ranges that begin or end there. */
const boundaries = (at: number): Range[] => [
  { from: at - 1, to: at - 1 },
  { from: at, to: at },
  { from: at + 1, to: at + 1 },
  { from: at - 1, to: at + 1 },
];

/** Messages that came since the others were pulled are stored since any time, too. */
function since(sides: Sides, topic: string, all: readonly Pulled[], at: number, ends: bigint): Question {
  const { api, instanceId, oracle } = sides;
  return {
    what: "Topics: produced since",
    subject: `${topic} ${at}`,
    oracle: async () => {
      const { offsetTable } = await oracle.ask("examineTopicStats", [topic]);
      const came = BigInt(totalOf(offsetTable.map(([, { maxOffset }]) => maxOffset))) - ends;
      return { since: String(BigInt(all.filter((pulled) => storedAt(pulled) >= at).length) + came) };
    },
    console: async () => ({ since: (await api.topic.get({ instanceId, topic, since: at })).producedSince }),
  };
}

const MOST_FOUND = 64;

/** `ResponseCode.NO_MESSAGE`. */
const NO_MESSAGE = 208;

/** What is stored out of order, just before the first that a file of the index has, brokers take for as late as that: at its very time they find nothing. */
function noneFound(error: unknown): { messageList: MessageExt[] } {
  if (error instanceof OracleError && error.responseCode === NO_MESSAGE) return { messageList: [] };
  throw error;
}

/** By key between two times, which brokers themselves search in whole seconds. */
function keyed({ api, instanceId, oracle }: Sides, { topic, message }: Pulled, { from, to }: Range): Question[] {
  const key = message.properties
    .get("KEYS")
    ?.split(" ")
    .find((word) => word !== "");
  if (key === undefined) return [];
  return [
    {
      what: "Messages: by key between two times",
      subject: `${topic} ${uniqueIdOf(message)} from ${from} to ${to}`,
      oracle: async () => {
        // The index knows whole seconds only, rounded down.
        const asked = oracle.ask("queryMessage", [topic, key, MOST_FOUND, from - 1000, to]);
        const { messageList } = await asked.catch(noneFound);
        const inTime = messageList.filter(({ storeTimestamp: at }) => Number(at) >= from && Number(at) <= to);
        return Object.fromEntries(inTime.map(({ msgId }) => [msgId, true]));
      },
      console: async () =>
        byKey(
          (await api.message.byKey({ instanceId, topic, key, from, to })).items,
          ({ offsetMsgId }) => offsetMsgId,
          () => true,
        ),
    },
  ];
}

const queueOf = ({ brokerName, message }: Pulled) => `${brokerName} ${message.queueId}`;

/** Where only the newest of a queue were pulled, those from the time on since when there is all of every queue. */
function wholeOnes(pulled: readonly Pulled[]): { all: Pulled[]; since: number } {
  const firsts = new Map<string, Pulled>();
  for (const one of pulled) if (!firsts.has(queueOf(one))) firsts.set(queueOf(one), one);
  const cut = [...firsts.values()].filter(({ message, minOffset }) => message.queueOffset !== minOffset);
  const since = Math.max(0, ...cut.map((one) => storedAt(one) + 1));
  return { all: pulled.filter((one) => storedAt(one) >= since), since };
}

const endsOf = (pulled: readonly Pulled[]): bigint =>
  BigInt(totalOf([...new Map(pulled.map((one) => [queueOf(one), one.maxOffset])).values()]));

/** Searches by time at the boundaries of messages, over whole topics both ways, where there is nothing, and in the future. */
export async function judgeTimes(
  judge: Judge,
  topic: string,
  pulled: readonly Pulled[],
  options: { boundariesOf: number },
): Promise<void> {
  const { sides } = judge;
  const { all, since: wholeSince } = wholeOnes(pulled);
  const ends = endsOf(pulled);
  const times = [...new Set(all.map(storedAt))].sort((a, b) => a - b);
  const first = times[0] ?? Date.now();
  const last = times.at(-1) ?? Date.now();
  // Spread over the topic, the first and the last among them.
  const step = Math.max(1, Math.ceil(times.length / options.boundariesOf));
  const chosen = times.filter((_, n) => n % step === 0 || n === times.length - 1);
  const whole = { from: first, to: last };
  const ranges = [
    ...chosen.flatMap(boundaries),
    { from: first - HOUR_MS, to: first - 1 },
    { from: last + 1, to: last + HOUR_MS },
    { from: Date.now() + HOUR_MS, to: Date.now() + 2 * HOUR_MS },
  ].filter(({ from }) => from >= wholeSince);
  await judge.compareAll([
    ...search(sides, topic, all, whole, "newest"),
    ...search(sides, topic, all, whole, "oldest"),
    ...ranges.flatMap((range) => search(sides, topic, all, range, "newest")),
    ...[first - 1, ...chosen, last + 1]
      .filter((at) => at >= wholeSince)
      .map((at) => since(sides, topic, all, at, ends)),
    ...all
      .filter((pulled) => chosen.includes(storedAt(pulled)))
      .flatMap((pulled) => boundaries(storedAt(pulled)).flatMap((range) => keyed(sides, pulled, range))),
  ]);
}
