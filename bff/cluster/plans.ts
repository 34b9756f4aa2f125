import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { Outcome } from "#contract/list.ts";
import { PLAN_KEPT_MS, type Applied, type Unkept } from "#contract/plan.ts";
import type { ProblemCode, ProblemData } from "#contract/problem.ts";
import { Problem } from "../base/problem.ts";
import type { Secrets } from "../store/secrets.ts";
import type { Store } from "../store/store.ts";

/** What plans of the contract have in common. */
interface AnyPlan {
  planId: string;
  expiresAt: number;
  changes: readonly unknown[];
  blocked: ProblemCode | null;
}

/** A write as it would be now. */
export interface Prepared<Plan extends AnyPlan, Asked = never> {
  shown: Unkept<Plan>;
  /** What it rests on besides and nobody is shown; a plan holds only while it is the same. */
  unshown?: string;
  /** Values for the text of what blocks it. */
  params?: ProblemData["params"];
  /** What may still refuse it though the plan holds; the plan stays then. */
  check?(by: PlanPlace["user"]): Promise<void>;
  /** Writes what was shown, which still holds. */
  apply(shown: Unkept<Plan>): Promise<Outcome[]>;
  /** What to ask of the same kind to take it back, of the targets where it was done; undefined where that cannot be. */
  inverse?(outcomes: readonly Outcome[]): Asked | undefined;
}

export interface Preparing {
  /** It is written next, if it still holds; else it is only shown. */
  applying: boolean;
  /** Who asks waits no longer; a write goes on without them. */
  signal?: AbortSignal;
}

/** A kind of write. `Asked` is kept as JSON. */
export interface PlanKind<Asked, Plan extends AnyPlan> {
  /** e.g. `topic.update`. */
  kind: string;
  /** What it is about, by name; empty for the instance itself. */
  subject: (asked: Asked) => string;
  /** Looks at the cluster. */
  prepare: (asked: Asked, why: Preparing) => Promise<Prepared<Plan, Asked>>;
  /** Whether what was shown still is what would be written; all lines the same and no other blockade, unless it says otherwise. */
  holds?: (shown: Unkept<Plan>, now: Unkept<Plan>, asked: Asked) => boolean;
}

/** Where a plan belongs, and who makes or applies it. */
export interface PlanPlace {
  instanceId: string;
  user: { username: string };
}

type KeptPlan<Plan extends AnyPlan> = Unkept<Plan> & Pick<AnyPlan, "planId" | "expiresAt">;

type Named = PlanPlace & { planId: string; subject: string };

/** A plan's content: nothing was shown yet of one that only waits to be asked for, as those that take something back. */
interface Kept<Asked, Plan extends AnyPlan> {
  asked: Asked;
  shown?: Unkept<Plan>;
  unshown?: string;
}

/** What an applied plan did may be taken back for so long. */
const UNDO_MS = 24 * 3_600_000;
/** What is kept at a time, of plans and again of those that take something back: a form asks for one with each pause in typing, and of ten thousand queues it has megabytes. */
const BOUNDS = { ofOne: 100, bytesOfOne: 16 * 2 ** 20, bytesOfAll: 64 * 2 ** 20 };

const sameLines = <Plan extends AnyPlan>(shown: Unkept<Plan>, now: Unkept<Plan>): boolean =>
  shown.blocked === now.blocked && isDeepStrictEqual(shown.changes, now.changes);

/** What leaves nothing of the kinds of JSON out, so that what is kept can be compared with what is new. */
const asJson = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

/** Plans that were shown: what is applied is one of them, or nothing. */
export class Plans {
  readonly #db: Store;
  readonly #secrets: Secrets;
  readonly #now: () => number;
  readonly #bounds: typeof BOUNDS;
  /** By what is written: when the last of those who write it is done. */
  readonly #turns = new Map<string, Promise<void>>();

  constructor(parts: { db: Store; secrets: Secrets; now: () => number; bounds?: typeof BOUNDS }) {
    this.#db = parts.db;
    this.#secrets = parts.secrets;
    this.#now = parts.now;
    this.#bounds = parts.bounds ?? BOUNDS;
  }

  /** Looks what a write would do, and keeps that. */
  async make<Asked, Plan extends AnyPlan>(
    kind: PlanKind<Asked, Plan>,
    place: PlanPlace,
    asked: Asked,
    signal?: AbortSignal,
  ): Promise<KeptPlan<Plan>> {
    return this.#show(kind, place, asked, await kind.prepare(asked, { applying: false, signal }));
  }

  /** The plan that takes back what an applied one did. */
  async undo<Asked, Plan extends AnyPlan>(
    kind: PlanKind<Asked, Plan>,
    { undo, ...named }: PlanPlace & { undo: string; subject: string },
    signal?: AbortSignal,
  ): Promise<KeptPlan<Plan>> {
    const { asked } = await this.#find(kind, { ...named, planId: undo });
    return this.make(kind, named, asked, signal);
  }

  /**
   * Writes what was shown, once; refused with the plan of now where that would be something else.
   * Whoever writes the same topic or group looks again after the one before has written.
   */
  apply<Asked, Plan extends AnyPlan>(kind: PlanKind<Asked, Plan>, named: Named): Promise<Applied> {
    const [name = ""] = named.subject.split(" ");
    return this.#inTurn(`${named.instanceId} ${name}`, () => this.#apply(kind, named));
  }

  async #inTurn<T>(what: string, write: () => Promise<T>): Promise<T> {
    const turn = (this.#turns.get(what) ?? Promise.resolve()).then(write);
    const over = turn.then(
      () => undefined,
      () => undefined,
    );
    this.#turns.set(what, over);
    try {
      return await turn;
    } finally {
      if (this.#turns.get(what) === over) this.#turns.delete(what);
    }
  }

  async #apply<Asked, Plan extends AnyPlan>(kind: PlanKind<Asked, Plan>, named: Named): Promise<Applied> {
    const { asked, shown, unshown } = await this.#shown(kind, named);
    const now = await kind.prepare(asked, { applying: true });
    if (unshown !== now.unshown || !(kind.holds ?? sameLines)(shown, asJson(now.shown), asked))
      throw new Problem("PLAN_STALE", { plan: await this.#show(kind, named, asked, now) });
    if (now.shown.blocked !== null) throw new Problem(now.shown.blocked, { params: now.params });
    await now.check?.(named.user);
    await this.#claim(named);
    const outcomes = await now.apply(shown);
    const done = outcomes.length === 0 || outcomes.some(({ ok, unknown }) => ok || unknown);
    const back = done ? now.inverse?.(outcomes) : undefined;
    const undo = back === undefined ? null : await this.#keep(kind, named, { asked: back }, UNDO_MS);
    return { outcomes, undo: undo ?? null };
  }

  /** Hands out a plan, once and unless `check` throws, to who writes it by itself, as a job does, and so looks at each target again. */
  async take<Asked, Plan extends AnyPlan>(
    kind: PlanKind<Asked, Plan>,
    named: Named,
    check: (shown: Unkept<Plan>) => void,
  ): Promise<Unkept<Plan>> {
    const { shown } = await this.#shown(kind, named);
    check(shown);
    await this.#claim(named);
    return shown;
  }

  /** Deletes what is kept no longer. */
  async forgetExpired(): Promise<void> {
    await this.#db.deleteFrom("plan").where("expiresAt", "<=", this.#now()).execute();
  }

  async #show<Asked, Plan extends AnyPlan>(
    kind: PlanKind<Asked, Plan>,
    place: PlanPlace,
    asked: Asked,
    { shown, unshown }: Pick<Prepared<Plan>, "shown" | "unshown">,
  ): Promise<KeptPlan<Plan>> {
    const planId = await this.#keep(kind, place, { asked, shown, unshown }, PLAN_KEPT_MS);
    if (planId === undefined) throw new Problem("PLAN_TOO_LARGE", { params: { max: this.#bounds.bytesOfOne } });
    return { ...shown, planId, expiresAt: this.#now() + PLAN_KEPT_MS };
  }

  /** Undefined where it alone is more than a person may have: it would push out everybody else's. */
  async #keep<Asked, Plan extends AnyPlan>(
    { kind, subject }: PlanKind<Asked, Plan>,
    { instanceId, user }: PlanPlace,
    kept: Kept<Asked, Plan>,
    forMs: number,
  ): Promise<string | undefined> {
    const id = randomUUID();
    const madeAt = this.#now();
    const sealed = this.#secrets.seal(JSON.stringify(kept), `plan:${id}`);
    if (sealed.length > this.#bounds.bytesOfOne) return undefined;
    await this.#makeRoom(user.username, sealed.length, forMs);
    await this.#db
      .insertInto("plan")
      .values({
        id,
        kind,
        instanceId,
        subject: subject(kept.asked),
        madeBy: user.username,
        sealed,
        madeAt,
        expiresAt: madeAt + forMs,
        appliedAt: null,
      })
      .execute();
    return id;
  }

  /** Deletes the oldest that there is no room for beside a new one. */
  async #makeRoom(madeBy: string, bytes: number, forMs: number): Promise<void> {
    await this.forgetExpired();
    const newestFirst = await this.#db
      .selectFrom("plan")
      .select((eb) => ["id", "madeBy", eb.fn<number>("octet_length", ["sealed"]).as("bytes")])
      .where((eb) => eb(eb("expiresAt", "-", eb.ref("madeAt")), "=", forMs))
      .orderBy("madeAt", "desc")
      .orderBy("id")
      .execute();
    const { ofOne, bytesOfOne, bytesOfAll } = this.#bounds;
    const own = { plans: 1, bytes };
    let all = bytes;
    const leaves = newestFirst.filter((plan) => {
      if (plan.madeBy === madeBy) {
        own.plans += 1;
        own.bytes += plan.bytes;
        if (own.plans > ofOne || own.bytes > bytesOfOne) return true;
      }
      all += plan.bytes;
      return all > bytesOfAll;
    });
    if (leaves.length === 0) return;
    const ids = leaves.map(({ id }) => id);
    await this.#db.deleteFrom("plan").where("id", "in", ids).execute();
  }

  async #find<Asked, Plan extends AnyPlan>({ kind }: PlanKind<Asked, Plan>, named: Named): Promise<Kept<Asked, Plan>> {
    const row = await this.#db
      .selectFrom("plan")
      .select("sealed")
      .where("id", "=", named.planId)
      .where("kind", "=", kind)
      .where("instanceId", "=", named.instanceId)
      .where("subject", "=", named.subject)
      .where("madeBy", "=", named.user.username)
      .where("expiresAt", ">", this.#now())
      .where("appliedAt", "is", null)
      .executeTakeFirst();
    if (row === undefined) throw new Problem("PLAN_EXPIRED");
    return JSON.parse(this.#secrets.open(row.sealed, `plan:${named.planId}`)) as Kept<Asked, Plan>;
  }

  async #shown<Asked, Plan extends AnyPlan>(kind: PlanKind<Asked, Plan>, named: Named) {
    const { asked, shown, unshown } = await this.#find(kind, named);
    if (shown === undefined) throw new Problem("PLAN_EXPIRED");
    return { asked, shown, unshown };
  }

  /** Of several who apply one plan at the same moment one does. */
  async #claim({ planId }: Named): Promise<void> {
    const claimed = await this.#db
      .updateTable("plan")
      .set({ appliedAt: this.#now() })
      .where("id", "=", planId)
      .where("appliedAt", "is", null)
      .executeTakeFirst();
    if (claimed.numUpdatedRows === 0n) throw new Problem("PLAN_EXPIRED");
  }
}
