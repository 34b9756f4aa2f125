import { expect, test } from "vitest";
import { planReset, stillHolds, type ResetFacts } from "./reset-plan.ts";
import { restoredTo, type AskedReset, type QueueState } from "./reset-queues.ts";

const asked = (more: Partial<AskedReset> = {}): AskedReset => ({
  instanceId: "i",
  group: "g",
  topic: "t",
  to: "time",
  time: 5,
  partial: false,
  who: "ada",
  ...more,
});

const queue = (more: Partial<QueueState> = {}): QueueState => ({
  brokerName: "a",
  queueId: 0,
  addr: "a:10911",
  by: "broker",
  minOffset: 10n,
  maxOffset: 100n,
  committed: 50n,
  target: 60n,
  ...more,
});

const facts = (more: Partial<ResetFacts> = {}): ResetFacts => ({
  namesrvAddrs: ["n:9876"],
  clients: [],
  broadcasting: false,
  pop: false,
  ordered: false,
  groupAt: new Set(["a"]),
  system: false,
  unread: [],
  failures: [],
  ...more,
});

const online = { clients: [{ clientId: "c", address: "c:1" }] };
const planOf = (queues: QueueState[], of: Partial<AskedReset> = {}, with_: Partial<ResetFacts> = {}) =>
  planReset(asked(of), queues, facts(with_));
const warned = (plan: ReturnType<typeof planOf>) => plan.warnings.map(({ key }) => key);

test.each([
  ["ahead of the group is skipped to", { target: 60n }, "skip", "60", "10", "0"],
  ["behind the group is consumed again", { target: 20n }, "replay", "20", "0", "30"],
  ["where the group is changes nothing", { target: 50n }, "none", "50", "0", "0"],
  ["before what is kept is where that begins", { target: 3n }, "replay", "10", "0", "40"],
  ["beyond the end is the end", { target: 999n }, "skip", "100", "50", "0"],
] as const)("a target %s", (_, state, change, after, skipped, replayed) => {
  const plan = planOf([queue(state)]);
  expect(plan.changes).toMatchObject([{ change, before: "50", after, skipped, replayed }]);
  expect(plan).toMatchObject({ skipped, replayed, blocked: null });
});

test("a time beyond what is kept is told as the end that it is", () => {
  expect(warned(planOf([queue({ target: 10n })]))).toContain("atEarliest");
  expect(warned(planOf([queue({ target: 100n })]))).toContain("atLatest");
  expect(warned(planOf([queue({ target: 100n }), queue({ queueId: 1, target: 60n })]))).not.toContain("atLatest");
  expect(warned(planOf([queue({ target: 100n })], { to: "latest" }))).not.toContain("atLatest");
});

test("what retention has deleted before the group consumed it is not skipped by the reset", () => {
  const plan = planOf([queue({ committed: 4n })]);
  expect(plan.changes).toMatchObject([{ change: "skip", skipped: "50" }]);
  expect(warned(plan)).toContain("expired");
});

test.each([
  ["the end, where nothing is consumed again", 100n, "100", "0"],
  ["an offset, from where what there is comes again", 60n, "60", "40"],
] as const)(
  "a queue that is committed beyond its end goes back to %s, and the plan tells of it",
  (_, target, after, replayed) => {
    for (const committed of [1000n, 2n ** 53n + 11n]) {
      const plan = planOf([queue({ committed, target }), queue({ queueId: 1 })]);
      expect(plan.changes[0]).toMatchObject({
        change: "replay",
        before: String(committed),
        after,
        skipped: "0",
        replayed,
      });
      expect(plan).toMatchObject({ skipped: "10", replayed });
      expect(plan.warnings).toEqual([{ key: "beyondEnd", params: { queues: 1 } }]);
    }
    expect(warned(planOf([queue({ committed: 100n, target })]))).not.toContain("beyondEnd");
  },
);

test("a plan of a queue that is committed beyond its end holds, and so does what takes it back, once clients are at the end", () => {
  const beyond = queue({ committed: 1000n, target: 60n });
  expect(stillHolds(planOf([beyond]), planOf([{ ...beyond, committed: 100n }]), asked())).toBe(true);
  const undo = (committed: bigint) => {
    const target = restoredTo({ brokerName: "a", queueId: 0, offset: "1000", undoes: "replay" }, committed);
    return planOf([queue({ committed, target })], { to: "restore" });
  };
  expect(undo(60n).changes).toMatchObject([{ change: "skip", after: "100", skipped: "40", replayed: "0" }]);
  expect(stillHolds(undo(60n), undo(100n), { to: "restore" })).toBe(true);
});

test("of a group without an offset nobody knows what is skipped, and the sums are of the others", () => {
  const plan = planOf([queue(), queue({ queueId: 1, committed: null })]);
  expect(plan.changes[1]).toMatchObject({ change: "first", before: null, skipped: null, replayed: null });
  expect(plan.skipped).toBe("10");
  expect(warned(plan)).toContain("neverCommitted");
});

test("a 0 of an older broker is written where it is to stay, as it may be no offset at all", () => {
  const empty = { committed: 0n, minOffset: 0n, target: 0n };
  const changeBy = (by: QueueState["by"]) => planOf([queue({ ...empty, by })]).changes[0]?.change;
  expect(changeBy("console")).toBe("first");
  expect(changeBy("clients")).toBe("none");
  expect(changeBy("broker")).toBe("none");
  expect(warned(planOf([queue({ ...empty, by: "console" })]))).not.toContain("neverCommitted");
});

test("while a broker does not answer nothing is moved, unless the others are asked for", () => {
  const unread = [{ target: "b", code: "REQUEST_TIMEOUT" as const }];
  expect(planOf([queue()], {}, { unread }).blocked).toBe("NOT_ALL_BROKERS");
  expect(planOf([queue()], { partial: true }, { unread }).blocked).toBeNull();
});

test("clients that broadcast keep their offsets themselves, so that there is nothing to move", () => {
  expect(planOf([queue()], {}, { broadcasting: true }).blocked).toBe("GROUP_BROADCASTING");
});

test("clients of brokers that do not move offsets themselves can be told a time, and nothing else", () => {
  const old = queue({ by: "clients" });
  const blocked = (one: QueueState, of: Partial<AskedReset> = {}) => planOf([one], of, online).blocked;
  expect(blocked(old)).toBeNull();
  expect(warned(planOf([old], {}, online))).toContain("clientsReset");
  expect(blocked(old, { to: "offset" })).toBe("CLIENTS_MUST_STOP");
  expect(blocked(old, { to: "restore" })).toBe("CLIENTS_MUST_STOP");
  expect(blocked(queue({ by: "nobody" }))).toBe("CLIENTS_MUST_STOP");
  expect(blocked(queue({ by: "clients", committed: null }))).toBe("CLIENTS_MUST_STOP");
  expect(blocked(queue({ by: "console" }), { to: "offset" })).toBeNull();
  expect(blocked(queue({ by: "broker" }), { to: "offset" })).toBeNull();
});

test("of a group that pops what is under way comes again whatever is reset, of one that pops in order it does not", () => {
  expect(warned(planOf([queue()], {}, { ...online, pop: true }))).toContain("pop");
  expect(warned(planOf([queue()], {}, { ...online, pop: true, ordered: true }))).not.toContain("pop");
});

test("a command is named where the tool would do the same, which with older brokers it does at the ends alone", () => {
  const commands = (by: QueueState["by"], to: AskedReset["to"]) => planOf([queue({ by })], { to }).commands;
  expect(commands("broker", "time")).toEqual(["mqadmin resetOffsetByTime -n n:9876 -g g -t t -s 5 -f true"]);
  expect(commands("broker", "group")).toEqual([
    "mqadmin resetOffsetByTime -n n:9876 -g g -t t -b a:10911 -q 0 -o 60 -s 0",
  ]);
  expect(commands("console", "time")).toEqual([]);
  expect(commands("console", "group")).toEqual([]);
  expect(commands("console", "earliest")).toHaveLength(1);
});

test("of a group or a topic that is nowhere no command is named", () => {
  const commands = (queues: QueueState[], with_: Partial<ResetFacts> = {}) =>
    planOf(queues, { to: "latest" }, with_).commands;
  expect(commands([queue()])).toHaveLength(1);
  expect(commands([])).toEqual([]);
  expect(commands([queue()], { groupAt: new Set() })).toEqual([]);
});

test("a plan holds while the group comes nearer, and no longer once it went past, a queue came, or retention passed", () => {
  const shown = planOf([queue()]);
  const now = (more: Partial<QueueState>) => planOf([queue(more)]);
  expect(stillHolds(shown, now({ committed: 55n }), asked())).toBe(true);
  expect(stillHolds(shown, now({ committed: 60n }), asked())).toBe(true);
  expect(stillHolds(shown, now({ committed: 61n }), asked())).toBe(false);
  expect(stillHolds(shown, now({ minOffset: 61n }), asked())).toBe(false);
  expect(stillHolds(shown, now({ by: "clients" }), asked())).toBe(false);
  expect(stillHolds(shown, planOf([queue(), queue({ queueId: 1 })]), asked())).toBe(false);
  expect(stillHolds(shown, planOf([queue()], {}, { broadcasting: true }), asked())).toBe(false);
});

test("an undo holds while readers go the way back, past the end of it too, and no longer once they were moved the other way", () => {
  const was = { brokerName: "a", queueId: 0, offset: "60" };
  const holdsFrom = (undoes: "skip" | "replay", shownAt: bigint, nowAt: bigint, more: Partial<QueueState> = {}) => {
    const planAt = (committed: bigint, of: Partial<QueueState> = {}) =>
      planOf([queue({ committed, target: restoredTo({ ...was, undoes }, committed), ...of })], { to: "restore" });
    return stillHolds(planAt(shownAt), planAt(nowAt, more), { to: "restore" });
  };
  expect(holdsFrom("replay", 20n, 40n)).toBe(true);
  expect(holdsFrom("replay", 20n, 60n)).toBe(true);
  expect(holdsFrom("replay", 20n, 75n)).toBe(true);
  expect(holdsFrom("replay", 75n, 80n)).toBe(true);
  expect(holdsFrom("replay", 75n, 20n)).toBe(false);
  expect(holdsFrom("replay", 20n, 40n, { minOffset: 61n })).toBe(false);
  expect(holdsFrom("skip", 90n, 95n)).toBe(true);
  expect(holdsFrom("skip", 90n, 20n)).toBe(true);
});

test("an undo leaves who is back by themselves, and moves the others to where they were", () => {
  const to = (undoes: "skip" | "replay" | "first" | undefined, committed: bigint | null) =>
    restoredTo({ brokerName: "a", queueId: 0, offset: "60", undoes }, committed);
  expect([to("replay", 20n), to("replay", 60n), to("replay", 75n)]).toEqual([60n, 60n, 75n]);
  expect([to("skip", 90n), to("skip", 60n), to("skip", 20n)]).toEqual([60n, 60n, 20n]);
  expect([to("first", 75n), to(undefined, 75n), to("replay", null)]).toEqual([60n, 60n, 60n]);
});
