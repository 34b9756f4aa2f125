import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeTraceRecords, FIELD_MAX, RECORDS_MAX, type TraceRecord } from "./trace-record.ts";

/** Bodies of trace messages that real Java clients wrote, told by their version. */
const captured = JSON.parse(readFileSync(new URL("fixtures/trace-records.json", import.meta.url), "utf8")) as Record<
  string,
  string[]
>;

const decode = (text: string) => decodeTraceRecords(Buffer.from(text)).records;
/** `|` between fields, and a line for each record. */
const written = (...lines: string[]) => decode(lines.map((line) => `${line.replaceAll("|", "\u0001")}\u0002`).join(""));
const recordsOf = (version: string) =>
  (captured[version] ?? []).flatMap((body) => decodeTraceRecords(Buffer.from(body, "base64")).records);
const ofType = <T extends TraceRecord["type"]>(records: readonly TraceRecord[], type: T) =>
  records.filter((record): record is Extract<TraceRecord, { type: T }> => record.type === type);

describe.each(Object.keys(captured))("records of the Java client %s", (version) => {
  const records = recordsOf(version);

  it("are all read", () => {
    expect(ofType(records, "broken")).toEqual([]);
    expect(records.length).toBeGreaterThan(20);
    expect(records.filter(({ at, group }) => at === null || group === null)).toEqual([]);
  });

  it("tell a send with all that it names", () => {
    const [paid] = ofType(records, "Pub");
    expect(paid).toMatchObject({ tags: "PAID", keys: ["k1", "k2"], bodySize: 3, msgType: "normal", success: true });
    expect(paid?.topic).toMatch(/^trace-topic-/);
    expect(paid?.storeHost).toMatch(/^127\.0\.0\.1:\d+$/);
    expect(paid?.offsetMsgId).toMatch(/^7F000001[\dA-F]{24}$/);
    expect(paid?.msgIds).toHaveLength(1);
  });

  it("tell nulls of Java as nothing", () => {
    const plain = ofType(records, "Pub").find(({ tags, keys }) => tags === null && keys.length === 0);
    expect(plain).toBeDefined();
  });

  it("tell the ids of a batch one by one", () => {
    const batch = ofType(records, "Pub").filter(({ msgIds }) => msgIds.length === 2);
    expect(batch).toHaveLength(1);
    expect(batch[0]?.offsetMsgId?.split(",")).toHaveLength(2);
  });

  it("tell both ends of each delivery under one request id, retries by their count", () => {
    const begun = ofType(records, "SubBefore");
    const ended = ofType(records, "SubAfter");
    expect(ended.map(({ requestId }) => requestId).sort()).toEqual(begun.map(({ requestId }) => requestId).sort());
    const failing = begun.filter(({ keys }) => keys.includes("kf"));
    expect(failing.map(({ retryTimes }) => retryTimes)).toEqual([0, 1, 2]);
    expect(new Set(failing.flatMap(({ msgIds }) => msgIds)).size).toBe(1);
    const outcomes = ended.filter(({ keys }) => keys.includes("kf")).map(({ success, context }) => [success, context]);
    expect(outcomes).toEqual(outcomes.map(() => [false, "failed"]));
  });

  it("tell the ends of transactions", () => {
    const ends = ofType(records, "EndTransaction").map(({ state, fromCheck }) => [state, fromCheck]);
    expect(ends.slice(0, 3)).toEqual([
      ["COMMIT_MESSAGE", false],
      ["ROLLBACK_MESSAGE", false],
      ["UNKNOW", false],
    ]);
  });
});

describe("records of other clients", () => {
  it("from Go tell the client's host, and have empty fields for what Java calls null", () => {
    const [pub, before] = written(
      "Pub|1796031379253|DefaultRegion|shop|orders|ID1|||10.0.0.9:10911|3|12|0|OFFSET|true|10.0.0.7",
      "SubBefore|1796031379300|DefaultRegion|billing|R1|ID1|2|null|10.0.0.8",
    );
    expect(pub).toMatchObject({ tags: null, keys: [], offsetMsgId: "OFFSET", success: true, clientHost: "10.0.0.7" });
    expect(before).toMatchObject({ retryTimes: 2, keys: [], clientHost: "10.0.0.8" });
  });

  it("from C++ tell no context and no time of an end, and write a key where there is none", () => {
    const [after] = written("SubAfter|R1|ID1|5|true|dKey");
    expect(after).toEqual({
      type: "SubAfter",
      requestId: "R1",
      msgIds: ["ID1"],
      cost: 5,
      success: true,
      keys: [],
      context: null,
      at: null,
      group: null,
    });
  });

  it("from the oldest Java tell no place of what was sent", () => {
    const [pub] = written("Pub|1796031379253|R|shop|orders|ID1|null|k|h:1|3|12|0|false");
    expect(pub).toMatchObject({ offsetMsgId: null, success: false, clientHost: null });
  });

  it("that forgot the mark after the end of a delivery are told apart", () => {
    const records = written(
      "SubAfter|R1|ID1|5|true|k|0|SubBefore|1796031379300|R|billing|R2|ID2|0|k|SubAfter|R2|ID2|-3|false|k|1|",
    );
    expect(records.map(({ type, msgIds }) => [type, msgIds])).toEqual([
      ["SubAfter", ["ID1"]],
      ["SubBefore", ["ID2"]],
      ["SubAfter", ["ID2"]],
    ]);
    expect(records[2]).toMatchObject({ cost: -3, context: "timeout" });
  });

  it("of a recall tell whether it worked", () => {
    expect(written("Recall|1796031379400|R|shop|orders|ID1|false")).toMatchObject([{ success: false, keys: [] }]);
  });

  it("keep a type of message that is not known yet, a time that is none and a state of their own apart from the rest", () => {
    const [pub, end] = written(
      "Pub|0|R|shop|orders|ID1|null|k|h:1|3|12|9|OFFSET|true",
      "EndTransaction|1796031379400|R|shop|orders|ID1|null|k|h:1|2|TX|LATER|true",
    );
    expect(pub).toMatchObject({ at: null, msgType: null, success: true });
    expect(end).toMatchObject({ state: "LATER", fromCheck: true });
  });
});

describe("what cannot be read", () => {
  it.each([
    ["Pub|yesterday|R|shop|orders|ID1|null|k1 k2|h:1|3|12|0|OFFSET|true", ["ID1"], ["k1", "k2"]],
    ["Pub|1796031379253|R|shop|orders|ID1|null|k|h:1|3|12|0|OFFSET|perhaps", ["ID1"], ["k"]],
    ["SubAfter|R1|ID1|5.5|true|k|0", ["ID1"], ["k"]],
    ["SubBefore|1796031379300|R|billing", [], []],
    ["SubLater|1|2|3", [], []],
    ["text that is no record", [], []],
  ])("is one broken record with what it names: %s", (line, msgIds, keys) => {
    const good = "SubAfter|R1|ID1|5|true|k|0|1796031379300|billing";
    expect(written(good, line, good)).toMatchObject([
      { type: "SubAfter" },
      { type: "broken", msgIds, keys, text: line },
      { type: "SubAfter" },
    ]);
  });

  it("is bounded in count and length", () => {
    const many = decodeTraceRecords(Buffer.from("x\u0002".repeat(RECORDS_MAX + 10)));
    expect([many.records.length, many.cut]).toEqual([RECORDS_MAX, true]);
    const [long] = written(`SubAfter|R1|${"i".repeat(100_000)}|5|true|k|0`);
    expect(long?.msgIds[0]).toHaveLength(FIELD_MAX);
  });

  it("never throws, whatever the bytes", () => {
    const part = fc.oneof(
      fc.constantFrom(
        "Pub",
        "SubBefore",
        "SubAfter",
        "EndTransaction",
        "Recall",
        "null",
        "true",
        "-5",
        "\u0001",
        "\u0002",
      ),
      fc.string(),
      fc.integer().map(String),
    );
    const bodies = fc.oneof(
      fc.uint8Array({ maxLength: 2000 }),
      fc.array(part, { maxLength: 200 }).map((parts) => Buffer.from(parts.join("\u0001"))),
    );
    fc.assert(
      fc.property(bodies, (body) => {
        const { records } = decodeTraceRecords(body);
        expect(records.length).toBeLessThanOrEqual(RECORDS_MAX);
        for (const { text } of ofType(records, "broken")) expect(text.length).toBeLessThanOrEqual(256);
      }),
      { numRuns: 500 },
    );
  });
});
