import { describe, expect, test } from "vitest";
import type { StoredMessage } from "../../rocketmq/codec/stored-message.ts";
import { judgeMessage, type Facts } from "./verdict.ts";

const online = {
  online: 2,
  broadcasts: false,
  pops: false,
  subscribed: true,
  alike: true,
  differ: false,
  heard: false,
};

const place = { topic: "%RETRY%g", brokerName: "broker-a", queueId: 0, queueOffset: "7" };

/** The message at offset 5 of a queue, with 10 in it. */
const facts = (more: Partial<Facts> = {}): Facts => ({
  offset: 5n,
  storedAt: 10,
  byOffset: { state: "passed", committed: 8n, end: 10n, pulled: 8n },
  clients: online,
  isDead: false,
  copiesKnown: true,
  traced: [],
  leftOut: null,
  moves: [],
  switchedOff: false,
  perSecond: null,
  ...more,
});

const waiting = { state: "toConsume", committed: 2n, end: 10n, pulled: 2n } as const;
const retry = { attempt: 2, copy: {} as StoredMessage, place };
const kinds = (more: Partial<Facts>) => judgeMessage(facts(more)).evidence.map(({ kind }) => kind);

test("an offset beyond a message never makes certain that it was consumed, and the trace would tell", () => {
  expect(judgeMessage(facts())).toEqual({
    state: "passed",
    certain: false,
    evidence: [{ kind: "committedPast", offset: "8" }, { kind: "noCopy" }],
    wouldTell: "trace",
    committed: "8",
    end: "10",
    subscription: null,
    deadLetter: null,
  });
});

test("that no copy lies anywhere is said only where everybody who may have one answered", () => {
  expect(kinds({ copiesKnown: false })).toEqual(["committedPast"]);
});

test("who pops has passed what was handed out", () => {
  expect(kinds({ clients: { ...online, pops: true } })).toEqual(["pops", "committedPast", "noCopy"]);
});

test("what clients subscribe to tells that they passed it over only where all are known to subscribe alike", () => {
  const told = judgeMessage(facts({ leftOut: "A" }));
  expect(told).toMatchObject({ state: "filtered", certain: false, subscription: "A" });
  const differing = judgeMessage(facts({ leftOut: "A", clients: { ...online, alike: false, differ: true } }));
  expect(differing).toMatchObject({ state: "passed", subscription: null });
  expect(differing.evidence.slice(0, 2)).toEqual([
    { kind: "leftOut", expression: "A" },
    { kind: "subscriptionsDiffer" },
  ]);
  expect(kinds({ clients: { ...online, alike: false } })).toEqual(["subscriptionsUntold", "committedPast", "noCopy"]);
});

describe("a message that failed", () => {
  test("waits for its time, or in the retry topic", () => {
    const due = judgeMessage(facts({ retry: { ...retry, stage: "waits", dueAt: 99 } }));
    expect(due).toMatchObject({
      state: "retry",
      certain: true,
      evidence: [{ kind: "retryWaits", attempt: 2, at: 99 }],
    });
    const unknown = judgeMessage(facts({ retry: { ...retry, stage: "waits" } }));
    expect(unknown.evidence).toMatchObject([{ kind: "retryWaits", at: null }]);
    const stored = judgeMessage(facts({ retry: { ...retry, stage: "toConsume" } }));
    expect(stored).toMatchObject({ state: "retry", evidence: [{ kind: "retryStored", attempt: 2, place }] });
  });

  test("is certain to come again only where no later copy may lie anywhere, and no client has that retry already", () => {
    for (const stage of ["waits", "toConsume"] as const)
      expect(judgeMessage(facts({ retry: { ...retry, stage }, copiesKnown: false }))).toMatchObject({
        state: "retry",
        certain: false,
        wouldTell: "answers",
      });
    expect(judgeMessage(facts({ retry: { ...retry, stage: "pulled" } }))).toMatchObject({
      state: "retry",
      certain: false,
      evidence: [{ kind: "retryPulled", attempt: 2 }],
      wouldTell: "trace",
    });
    const unread = judgeMessage(facts({ retry: { ...retry, stage: "unknown" } }));
    expect(unread).toMatchObject({ state: "unknown", certain: false, wouldTell: "answers" });
  });

  test("is no more than passed once its retry is", () => {
    const passed = judgeMessage(facts({ retry: { ...retry, stage: "passed" } }));
    expect(passed).toMatchObject({ state: "passed", certain: false, evidence: [{ kind: "retryPassed", attempt: 2 }] });
  });

  test("is a dead letter, whatever retries lie about", () => {
    const deadLetter = { ...place, topic: "%DLQ%g", retries: 16 };
    const dead = judgeMessage(facts({ deadLetter, retry: { ...retry, stage: "passed" } }));
    expect(dead).toMatchObject({ state: "deadLetter", certain: true, deadLetter });
  });
});

describe("what clients trace", () => {
  const delivery = {
    requestId: "r",
    group: "g",
    attempt: 0,
    beganAt: 40,
    endedAt: 50,
    ended: true,
    cost: 10,
    success: true,
    context: null,
    client: "10.0.0.1",
    recordedAt: 60,
  } satisfies Facts["traced"][number];
  const failed = { ...delivery, success: false };
  const begun = { ...delivery, endedAt: null, ended: false, cost: null, success: null };

  test("makes certain who consumed it and when, also before the offset has passed it", () => {
    const by = { kind: "traced", client: "10.0.0.1", at: 50, ms: 10, attempt: 0 };
    for (const byOffset of [facts().byOffset, { ...waiting, state: "pulled", pulled: 9n } as const])
      expect(judgeMessage(facts({ byOffset, traced: [failed, delivery] }))).toMatchObject({
        state: "consumed",
        certain: true,
        evidence: [by],
        wouldTell: null,
      });
  });

  test("says who failed on what is to be retried or was given up", () => {
    const why = { kind: "tracedFailure", client: "10.0.0.1", at: 50 };
    expect(judgeMessage(facts({ retry: { ...retry, stage: "waits" }, traced: [failed] })).evidence[1]).toMatchObject(
      why,
    );
    const deadLetter = { ...place, retries: 16 };
    expect(judgeMessage(facts({ deadLetter, traced: [failed] })).evidence[1]).toMatchObject(why);
  });

  test("says who has it for how long", () => {
    const told = judgeMessage(facts({ byOffset: { ...waiting, state: "pulled", pulled: 9n }, traced: [begun] }));
    expect(told.state).toBe("pulled");
    expect(told.evidence).toContainEqual({ kind: "tracedBegin", client: "10.0.0.1", at: 40, attempt: 0 });
  });

  test("counts for each client that broadcasts", () => {
    const clients = { ...online, broadcasts: true };
    const told = judgeMessage(facts({ clients, traced: [delivery, { ...delivery, client: "10.0.0.2" }, failed] }));
    expect(told.evidence.map(({ client }) => client)).toEqual(["10.0.0.1", "10.0.0.2"]);
    expect(judgeMessage(facts({ clients })).wouldTell).toBe("trace");
  });
});

describe("a reset over a message", () => {
  const skip = { before: "3", after: "9", at: 50, who: "ada" };

  test("is why it was passed, with who did it and when; the trace would tell of clients that were ahead of the offset", () => {
    expect(judgeMessage(facts({ moves: [skip] }))).toMatchObject({
      state: "skipped",
      certain: false,
      wouldTell: "trace",
      evidence: [
        { kind: "reset", who: "ada", at: 50, offset: "3", to: "9" },
        { kind: "committedPast" },
        { kind: "noCopy" },
      ],
    });
  });

  test("is none of a message that was passed before, or that a later reset gave back", () => {
    expect(judgeMessage(facts({ moves: [{ ...skip, before: "6" }] })).state).toBe("passed");
    expect(judgeMessage(facts({ moves: [skip, { before: "9", after: "4", at: 60, who: "bob" }] })).state).toBe(
      "passed",
    );
    expect(judgeMessage(facts({ moves: [{ ...skip, before: null }] })).state).toBe("passed");
  });

  test("is none of a message that came after it, when the topic was made anew", () => {
    expect(judgeMessage(facts({ moves: [skip], storedAt: 51 }))).toMatchObject({ state: "passed", wouldTell: "trace" });
    expect(kinds({ moves: [skip], storedAt: 51 })).not.toContain("reset");
    expect(kinds({ moves: [skip], storedAt: undefined })).toContain("reset");
    expect(judgeMessage(facts({ moves: [skip], storedAt: undefined })).state).toBe("passed");
  });

  test("is no reason where the group had passed the message by itself before, and stays one where a reset alone had", () => {
    const back = { before: "9", after: "3", at: 40, who: "bob" };
    expect(judgeMessage(facts({ moves: [back, skip] }))).toMatchObject({
      state: "passed",
      certain: false,
      evidence: [{ kind: "reset", who: "ada" }, { kind: "committedPast" }, { kind: "noCopy" }],
      wouldTell: "trace",
    });
    const undone = [skip, { ...back, at: 60 }, { ...skip, at: 70 }];
    expect(judgeMessage(facts({ moves: undone }))).toMatchObject({ state: "skipped", evidence: [{ at: 70 }, {}, {}] });
  });

  test("is not certain where a copy may lie somewhere that nobody could look into", () => {
    expect(judgeMessage(facts({ moves: [skip], copiesKnown: false }))).toMatchObject({
      certain: false,
      wouldTell: "answers",
    });
  });
});

describe("a message that the group has not come to", () => {
  test("is so far behind its offset, and so long at its rate", () => {
    const { evidence, ...told } = judgeMessage(facts({ byOffset: waiting, perSecond: 0.5, owner: "c1" }));
    expect(told).toMatchObject({ state: "toConsume", certain: true, committed: "2" });
    expect(evidence).toEqual([
      { kind: "committedBefore", offset: "2", behind: "3" },
      { kind: "ownedBy", client: "c1" },
      { kind: "catchUp", ms: 6000 },
    ]);
  });

  test("is held up by nobody online, by nobody subscribing, by nothing consumed, and will be left out by a filter", () => {
    const with_ = (more: Partial<Facts>) => kinds({ byOffset: waiting, ...more }).slice(1);
    expect(with_({ clients: { ...online, online: 0 }, perSecond: 0 })).toEqual(["nobodyOnline"]);
    expect(with_({ clients: { ...online, subscribed: false } })).toEqual(["nobodySubscribes"]);
    expect(with_({ perSecond: 0 })).toEqual(["standsStill"]);
    expect(with_({ switchedOff: true, perSecond: 0 })).toEqual(["switchedOff"]);
    expect(with_({ leftOut: "A" })).toEqual(["leftOut"]);
    expect(with_({ clients: { ...online, heard: true, pops: true } })).toEqual([]);
    expect(with_({ clients: { ...online, heard: true }, owner: "c1" })).toEqual(["ownedBy"]);
    expect(with_({ clients: { ...online, online: null } })).toEqual([]);
  });

  test("is pulled where clients were given the queue beyond it", () => {
    const told = judgeMessage(facts({ byOffset: { ...waiting, state: "pulled", pulled: 9n }, owner: "c1" }));
    expect(told).toMatchObject({
      state: "pulled",
      evidence: [{ kind: "pulledPast", offset: "9" }, { behind: "3" }, { client: "c1" }],
    });
  });

  test("is lost where the queue begins after it", () => {
    expect(judgeMessage(facts({ byOffset: waiting, begins: 7n }))).toMatchObject({
      state: "lost",
      evidence: [
        { kind: "retention", offset: "7" },
        { kind: "committedBefore", behind: "3" },
      ],
    });
    expect(judgeMessage(facts({ begins: 7n })).state).toBe("passed");
    const given = { ...waiting, state: "pulled", pulled: 9n } as const;
    expect(judgeMessage(facts({ byOffset: given, begins: 7n })).state).toBe("pulled");
    const back = { before: "9", after: "2", at: 50, who: "ada" };
    expect(judgeMessage(facts({ byOffset: waiting, begins: 7n, moves: [back] }))).toMatchObject({
      state: "lost",
      certain: false,
      evidence: [{ kind: "retention" }, { kind: "committedBefore" }, { kind: "reset", who: "ada" }],
      wouldTell: "log",
    });
  });

  test("of a queue without an offset is not subscribed to only where clients are online and say so", () => {
    const never = { state: "neverCommitted", committed: null, end: 10n } as const;
    const stateWith = (clients: Partial<Facts["clients"]>) =>
      judgeMessage(facts({ byOffset: never, clients: { ...online, ...clients } })).state;
    expect(stateWith({ subscribed: false })).toBe("notSubscribed");
    expect(stateWith({ subscribed: undefined })).toBe("neverCommitted");
    expect(stateWith({ subscribed: false, online: null })).toBe("neverCommitted");
    expect(stateWith({})).toBe("neverCommitted");
  });
});

test("a queue that no client has is told, with why", () => {
  const never = { state: "neverCommitted", committed: null, end: 10n } as const;
  const heard = { ...online, heard: true };
  expect(kinds({ byOffset: never, clients: heard })).toEqual(["noOffset", "ownedByNobody"]);
  const differ = { ...heard, alike: false, differ: true };
  expect(kinds({ byOffset: never, clients: differ })).toEqual(["noOffset", "ownedByNobody", "subscriptionsDiffer"]);
});

test("clients that broadcast keep their own offsets, and who did not answer says nothing", () => {
  expect(judgeMessage(facts({ clients: { ...online, broadcasts: true } })).state).toBe("broadcasting");
  expect(judgeMessage(facts({ byOffset: { state: "unknown" } }))).toMatchObject({
    state: "unknown",
    wouldTell: "answers",
  });
});
