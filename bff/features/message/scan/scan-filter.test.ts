import { expect, test } from "vitest";
import { storedMessage, type StoredMessageParts } from "../../../../sandbox/fault-proxy/stored-message.ts";
import { decodeMessages, type StoredMessage } from "../../../rocketmq/codec/stored-message.ts";
import { encodeProperties } from "../../../rocketmq/codec/properties.ts";
import { readFilter, takesTags, type ScanFilter } from "./scan-filter.ts";
import { ScanVariables } from "./scan-variables.ts";

function stored(parts: Partial<StoredMessageParts> & { props?: Record<string, string> }): StoredMessage {
  const { props = {}, ...rest } = parts;
  const bytes = storedMessage({ topic: "t", properties: encodeProperties(Object.entries(props)), ...rest });
  const [message] = decodeMessages(bytes).messages;
  if (message === undefined) throw new Error("no message");
  return message;
}

function filterOf(expression: string): ScanFilter {
  const read = readFilter(expression);
  if ("fault" in read) throw new Error(`${expression}: ${JSON.stringify(read.fault)}`);
  return read.filter;
}

function matches(expression: string, message: StoredMessage): boolean {
  try {
    return filterOf(expression).evaluate(new ScanVariables(message)) === true;
  } catch {
    return false;
  }
}

const order = stored({
  props: { TAGS: "paid", KEYS: "o-1 o-2", region: "eu", amount: "12" },
  body: Buffer.from(
    '{"id":9007199254740993,"user":{"name":"Ann","tags":["a","b"]},"items":[{"n":1},{"n":2}],"constructor":{"x":1}}',
  ),
});

test.each([
  'tag == "paid"',
  '"o-2" in keys',
  'props["region"] == "eu" && int(props.amount) > 10',
  'body.text.contains("Ann")',
  'body.json.user.name == "Ann"',
  "body.json.items.exists(i, i.n == 2)",
  "body.json.id == 9007199254740993",
  '"b" in body.json.user.tags',
  "body.json.constructor.x == 1",
  "size > 10 && size < 200",
  'bornAt > timestamp("2001-01-01T00:00:00Z")',
  "!has(body.json.user.age)",
  'tag.matches("^pa.d$")',
  'tag == "none" || props.region == "eu"',
  "body.json.missing == 1 || true",
  'body.text.contains(keys[0]) || keys.exists(k, body.text.contains(k)) || tag.contains("ai")',
  'size + 1 > 2 && int(props.amount) + 1 == 13 && bornAt - duration("1h") < bornAt',
])("%s matches the order", (expression) => {
  expect(matches(expression, order)).toBe(true);
});

test.each([
  'tag == "paid2"',
  "body.json.id == 9007199254740992",
  'props["nothing"] == ""',
  "body.json.user.age > 3",
  "body.json.user.name > 3",
  'props["nothing"] != "eu"',
])("%s does not match it", (expression) => {
  expect(matches(expression, order)).toBe(false);
});

test("a body that is no JSON has none of its fields", () => {
  const text = stored({ body: Buffer.from("plain") });
  expect(matches("body.json.a == 1", text)).toBe(false);
  expect(matches("has(body.json)", text)).toBe(false);
  expect(matches('body.text == "plain"', text)).toBe(true);
});

test("a message without tag and keys has an empty tag and no keys", () => {
  expect(matches('tag == "" && size(keys) == 0', stored({}))).toBe(true);
});

test.each([
  ['tag = "a"', "character", 4, 5],
  ["tag == ", "token", 7, 7],
  ['tag == "a', "string", 7, 9],
  ['tg == "a"', "variable", 0, 2],
  ["body.foo == 1", "field", 5, 8],
  ["tag == 1", "types", 0, 8],
  ['bornAt > "2026-11-30"', "timeText", 0, 21],
  ['props["x"', "token", 9, 9],
  ["tag", "notBool", 0, 3],
  ['tag.matches("[")', "regex", 12, 15],
  ['bornAt > timestamp("2026-01-01")', "time", 19, 31],
  ['duration("1x") > duration("1s")', "duration", 9, 13],
  [`duration("${"1".repeat(1900)}") > duration("1s")`, "duration", 9, 1911],
  ['size > 1 && body.text.indexOf("a") >= 0', "notHere", 12, 34],
  ['body.text.split("").exists(c, c == "a")', "notHere", 0, 19],
  ["size(bytes(body.text)) > 1", "notHere", 5, 21],
  ['(body.text + body.text).contains("a")', "join", 1, 22],
  ["body.json.a + body.json.b == 1", "join", 0, 25],
  ["(keys + keys).size() > 3", "join", 1, 12],
  ["body.text.matches(tag)", "pattern", 18, 21],
  [`body.text.matches("${"a".repeat(251)}")`, "pattern", 18, 271],
] as const)("%s has the fault %s from %i to %i", (expression, key, start, end) => {
  const read = readFilter(expression);
  expect("fault" in read ? read.fault : undefined).toMatchObject({ key, start, end });
});

test.each([
  ['tag == "a"', ["a"]],
  ['"a" == tag && body.text.contains("x")', ["a"]],
  ['size > 3 && tag in ["a", "b"]', ["a", "b"]],
  ['tag == "a" || size > 3', undefined],
  ['!(tag == "a")', undefined],
  ['tag == ""', undefined],
  ['tag == "a || b"', undefined],
  ['tag != "a"', undefined],
])("%s asks brokers for %j", (expression, tags) => {
  expect(filterOf(expression).tags).toEqual(tags);
});

test.each([
  ['tag == "a" && props.x == "y" && "k" in keys && int(props.n) > 3', "never"],
  ['tag == "a" && body.json.a.b > 3 && body.text.contains("x")', "longBodies"],
  ['body.text.matches("(a+)+$")', "always"],
  ["body.json.a.exists(x, x == 1)", "always"],
  ["body.text.contains(body.text)", "always"],
  ['duration(props.x) > duration("1s")', "always"],
])("%s is run with an end set to it: %s", (expression, guarding) => {
  expect(filterOf(expression).guarding).toBe(guarding);
});

test("an expression is the same however it is written", () => {
  expect(filterOf(' (tag=="a")&&size   > 3 ').normal).toBe(filterOf('tag == "a" && size > 3').normal);
});

test("tags of RocketMQ's own topics are left to the console", () => {
  expect(["orders", "%RETRY%g", "%DLQ%g", "SCHEDULE_TOPIC_XXXX", "rmq_sys_wheel_timer"].map(takesTags)).toEqual([
    true,
    false,
    false,
    false,
    false,
  ]);
});

test("a long or deep expression is refused", () => {
  expect("fault" in readFilter("(".repeat(200) + "true" + ")".repeat(200))).toBe(true);
  expect("fault" in readFilter(Array.from({ length: 300 }, () => "size > 1").join(" && "))).toBe(true);
});
