import { afterEach, beforeEach, expect, test } from "vitest";
import type { Outcome } from "#contract/list.ts";
import type { Unkept } from "#contract/plan.ts";
import type { ProblemCode } from "#contract/problem.ts";
import { Problem } from "../base/problem.ts";
import { createSecrets } from "../store/secrets.ts";
import type { Store } from "../store/store.ts";
import { openTestStore } from "../testing/test-store.ts";
import { Plans, type PlanKind } from "./plans.ts";

interface Asked {
  name: string;
  value: number;
  text?: string;
}
interface Plan {
  planId: string;
  expiresAt: number;
  changes: { before: number; after: number }[];
  blocked: ProblemCode | null;
}

/** What is planned for: one value that others may change too. */
const thing = { value: 1, writes: 0, blocked: null as ProblemCode | null, fails: false, unknown: false };
const kind: PlanKind<Asked, Plan> = {
  kind: "thing.set",
  subject: ({ name }) => name,
  prepare({ name, value }) {
    const before = thing.value;
    const shown: Unkept<Plan> = { changes: [{ before, after: value }], blocked: thing.blocked };
    return Promise.resolve({
      shown,
      apply: (): Promise<Outcome[]> => {
        thing.value = value;
        thing.writes += 1;
        return Promise.resolve([{ target: "a", ok: !thing.fails, unknown: thing.unknown }]);
      },
      inverse: () => ({ name, value: before }),
    });
  },
};

const place = { instanceId: "i", user: { username: "ann" } };
const problemOf = async (call: Promise<unknown>) => {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof Problem) return error;
  throw new Error(`no problem: ${String(error)}`);
};

let db: Store;
let plans: Plans;
let now = 0;

beforeEach(async () => {
  Object.assign(thing, { value: 1, writes: 0, blocked: null, fails: false, unknown: false });
  now = 1_000_000;
  db = await openTestStore();
  plans = new Plans({ db, secrets: createSecrets("a key of thirty-two characters!!"), now: () => now });
});
afterEach(() => db.destroy());

const asked = { name: "t", value: 2 };
const named = (planId: string) => ({ ...place, planId, subject: "t" });

test("what was shown is written, once, however often it is applied at the same moment", async () => {
  const { planId, changes } = await plans.make(kind, place, asked);
  expect(changes).toEqual([{ before: 1, after: 2 }]);
  const both = await Promise.allSettled([plans.apply(kind, named(planId)), plans.apply(kind, named(planId))]);
  expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  expect(thing).toMatchObject({ value: 2, writes: 1 });
  expect((await problemOf(plans.apply(kind, named(planId)))).code).toBe("PLAN_EXPIRED");
});

test("of two plans for one thing that are applied at the same moment the second is looked at after the first has written", async () => {
  const plan = (value: number) => plans.make(kind, place, { ...asked, value });
  const [one, other] = [await plan(2), await plan(3)];
  const slow: typeof kind = {
    ...kind,
    async prepare(what, why) {
      const prepared = await kind.prepare(what, why);
      await new Promise(setImmediate);
      return prepared;
    },
  };
  const both = [plans.apply(slow, named(one.planId)), plans.apply(slow, named(other.planId))] as const;
  expect((await both[0]).outcomes).toMatchObject([{ ok: true }]);
  expect((await problemOf(both[1])).code).toBe("PLAN_STALE");
  expect(thing).toMatchObject({ value: 2, writes: 1 });
});

test("where something else would be written now, nothing is, and the plan of now is told and can be applied", async () => {
  const { planId } = await plans.make(kind, place, asked);
  thing.value = 7;
  const { code, data } = await problemOf(plans.apply(kind, named(planId)));
  expect(code).toBe("PLAN_STALE");
  expect(thing.writes).toBe(0);
  expect(data.plan).toMatchObject({ changes: [{ before: 7, after: 2 }] });
  const { planId: next } = data.plan as Plan;
  expect(next).not.toBe(planId);
  await plans.apply(kind, named(next));
  expect(thing.value).toBe(2);
});

test("what is blocked is not applied, and a block that came since makes the plan stale", async () => {
  const free = await plans.make(kind, place, asked);
  thing.blocked = "STILL_IN_USE";
  expect((await problemOf(plans.apply(kind, named(free.planId)))).code).toBe("PLAN_STALE");
  const blocked = await plans.make(kind, place, asked);
  expect((await problemOf(plans.apply(kind, named(blocked.planId)))).code).toBe("STILL_IN_USE");
  expect(thing.writes).toBe(0);
});

test("a plan is of one person, one instance, one thing and one kind, for half an hour", async () => {
  const { planId } = await plans.make(kind, place, asked);
  const other: PlanKind<Asked, Plan> = { ...kind, kind: "thing.drop" };
  for (const refused of [
    () => plans.apply(kind, { ...named(planId), user: { username: "bob" } }),
    () => plans.apply(kind, { ...named(planId), instanceId: "j" }),
    () => plans.apply(kind, { ...named(planId), subject: "u" }),
    () => plans.apply(other, named(planId)),
    () => plans.apply(kind, named("none")),
  ])
    expect((await problemOf(refused())).code).toBe("PLAN_EXPIRED");
  now += 30 * 60_000;
  expect((await problemOf(plans.apply(kind, named(planId)))).code).toBe("PLAN_EXPIRED");
  expect(thing.writes).toBe(0);
});

test("what was done is taken back by a plan of its own", async () => {
  const { planId } = await plans.make(kind, place, asked);
  const { undo } = await plans.apply(kind, named(planId));
  const back = await plans.undo(kind, { ...place, undo: undo ?? "", subject: "t" });
  expect(back.changes).toEqual([{ before: 2, after: 1 }]);
  expect(thing.value).toBe(2);
  await plans.apply(kind, named(back.planId));
  expect(thing.value).toBe(1);
});

test("what was done nowhere has nothing to take back", async () => {
  thing.fails = true;
  const { planId } = await plans.make(kind, place, asked);
  expect((await plans.apply(kind, named(planId))).undo).toBeNull();
});

test("what may have been done can be taken back", async () => {
  Object.assign(thing, { fails: true, unknown: true });
  const { planId } = await plans.make(kind, place, asked);
  expect((await plans.apply(kind, named(planId))).undo).not.toBeNull();
});

test("what can be taken back stays so, however many plans are looked at since", async () => {
  const { planId } = await plans.make(kind, place, asked);
  const { undo } = await plans.apply(kind, named(planId));
  for (let n = 0; n < 105; n++) {
    now += 1;
    await plans.make(kind, place, asked);
  }
  const back = await plans.undo(kind, { ...place, undo: undo ?? "", subject: "t" });
  expect(back.changes).toEqual([{ before: 2, after: 1 }]);
});

test("what waits to be taken back is no plan that could be applied unseen", async () => {
  const { planId } = await plans.make(kind, place, asked);
  const { undo } = await plans.apply(kind, named(planId));
  expect((await problemOf(plans.apply(kind, named(undo ?? "")))).code).toBe("PLAN_EXPIRED");
});

test("a person has a hundred plans at most, the newest, and others lose none by them", async () => {
  const bobs = await plans.make(kind, { ...place, user: { username: "bob" } }, asked);
  for (let n = 0; n < 105; n++) {
    now += 1;
    await plans.make(kind, place, asked);
  }
  const kept = await db.selectFrom("plan").select(["madeBy", "id"]).execute();
  expect(kept.filter(({ madeBy }) => madeBy === "ann")).toHaveLength(100);
  expect(kept.map(({ id }) => id)).toContain(bobs.planId);
});

const kept = async () => {
  const rows = await db.selectFrom("plan").select(["id", "madeBy", "sealed"]).orderBy("madeAt", "desc").execute();
  const bytes = (of: typeof rows) => of.reduce((sum, { sealed }) => sum + sealed.length, 0);
  return {
    rows,
    ids: rows.map(({ id }) => id),
    bytes: (by?: string) => bytes(rows.filter(({ madeBy }) => madeBy === (by ?? madeBy))),
  };
};

test("of large plans a person has the newest that there is room for, and others lose none by them", async () => {
  const bounds = { ofOne: 100, bytesOfOne: 10_000, bytesOfAll: 1_000_000 };
  plans = new Plans({ db, secrets: createSecrets("a key of thirty-two characters!!"), now: () => now++, bounds });
  const large = (length: number) => ({ ...asked, text: "x".repeat(length) });
  const bobs = await plans.make(kind, { ...place, user: { username: "bob" } }, large(6000));
  const anns: string[] = [];
  for (let n = 0; n < 8; n++) anns.push((await plans.make(kind, place, large(2000))).planId);
  const after = await kept();
  expect(after.bytes("ann")).toBeLessThanOrEqual(10_000);
  expect(after.bytes("ann")).toBeGreaterThan(7000);
  expect(after.ids).toEqual([...anns.slice(1 - after.ids.length).reverse(), bobs.planId]);

  const { planId } = await plans.make(kind, place, large(6000));
  expect((await kept()).ids).toEqual([planId, bobs.planId]);
  await plans.apply(kind, named(planId));
});

test("a plan larger than what a person may have is refused, and pushes out nobody's", async () => {
  const bounds = { ofOne: 100, bytesOfOne: 10_000, bytesOfAll: 20_000 };
  plans = new Plans({ db, secrets: createSecrets("a key of thirty-two characters!!"), now: () => now++, bounds });
  const bobs = await plans.make(kind, { ...place, user: { username: "bob" } }, asked);
  const { planId } = await plans.make(kind, place, asked);
  const refused = await problemOf(plans.make(kind, place, { ...asked, text: "x".repeat(20_000) }));
  expect([refused.code, refused.data.params]).toEqual(["PLAN_TOO_LARGE", { max: 10_000 }]);
  expect((await kept()).ids).toEqual([planId, bobs.planId]);
});

test("what was written is told though taking it back would be more than a person may have", async () => {
  const bounds = { ofOne: 100, bytesOfOne: 10_000, bytesOfAll: 20_000 };
  plans = new Plans({ db, secrets: createSecrets("a key of thirty-two characters!!"), now: () => now++, bounds });
  const large: PlanKind<Asked, Plan> = {
    ...kind,
    prepare: async (what, why) => ({
      ...(await kind.prepare(what, why)),
      inverse: () => ({ ...what, text: "x".repeat(20_000) }),
    }),
  };
  const { planId } = await plans.make(large, place, asked);
  expect(await plans.apply(large, named(planId))).toEqual({
    outcomes: [{ target: "a", ok: true, unknown: false }],
    undo: null,
  });
  expect(thing.value).toBe(2);
});

test("of all persons together so much is kept, the oldest going first, and what can be taken back has room of its own", async () => {
  const bounds = { ofOne: 100, bytesOfOne: 10_000, bytesOfAll: 20_000 };
  plans = new Plans({ db, secrets: createSecrets("a key of thirty-two characters!!"), now: () => now++, bounds });
  const { planId } = await plans.make(kind, place, asked);
  const { undo } = await plans.apply(kind, named(planId));
  const made: string[] = [];
  for (let n = 0; n < 12; n++) {
    const one = { ...place, user: { username: `person ${n}` } };
    made.push((await plans.make(kind, one, { ...asked, text: "x".repeat(2000) })).planId);
  }
  const { ids, bytes } = await kept();
  expect(bytes()).toBeLessThanOrEqual(20_500);
  expect(ids).toEqual([...made.slice(1 - ids.length).reverse(), undo]);
  expect(ids.length).toBeGreaterThan(5);
});

test("what was asked for, which may hold secrets, is not readable in the store", async () => {
  await plans.make(kind, place, { name: "very-secret", value: 1234567 });
  const [row] = await db.selectFrom("plan").select("sealed").execute();
  expect(row?.sealed).not.toContain("1234567");
});
