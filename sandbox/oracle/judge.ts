import { ORPCError } from "@orpc/client";
import pLimit from "p-limit";
import type { ApiClient } from "../../bff/testing/start-test-server.ts";
import type { Version } from "../jars.ts";
import { type KnownDifference, rowOf } from "./known-differences.ts";
import { OracleError, type Oracle } from "./oracle.ts";
import { ABSENT, type Cell, type Difference, type Sheet, differing, flatten } from "./sheet.ts";

/** One thing that both sides are asked about. */
export interface Question {
  /** Kind of thing, a row of the table. */
  what: string;
  /** Which one: a topic, a group, a message. */
  subject: string;
  oracle: () => Promise<Sheet>;
  console: () => Promise<Sheet>;
}

export interface Tally {
  what: string;
  checks: number;
  /** Fields that differ as a row of the table of known differences says. */
  known: number;
  /** Fields that differ and should not. */
  differences: Difference[];
}

/** What a comparison needs of the two sides. */
export interface Sides {
  oracle: Oracle;
  api: ApiClient;
  instanceId: string;
  version: Version;
}

/** How many questions are under way; both sides and the brokers share the machine. */
const AT_ONCE = 6;

/** Of what moves all the time no look will ever agree. */
const LOOKS_MAX = 5;

/** An answer of the cluster or of the console, not a fault of the oracle or of a comparison. */
function isRefusal(error: unknown): error is Error {
  if (error instanceof OracleError) return error.responseCode !== null;
  return error instanceof ORPCError;
}

/** A connection that was kept and closed by the server at the moment that it was used again. */
const wasClosed = (error: unknown): boolean =>
  error instanceof TypeError &&
  error.cause instanceof Error &&
  "code" in error.cause &&
  error.cause.code === "ECONNRESET";

async function asked(ask: () => Promise<Sheet>): Promise<Sheet> {
  try {
    return await ask();
  } catch (error) {
    if (wasClosed(error)) return ask();
    throw error;
  }
}

/** A side that refuses says so as a value, so that both may refuse. */
async function answerOf(ask: () => Promise<Sheet>): Promise<{ cells: Map<string, Cell>; refusal?: string }> {
  try {
    return { cells: flatten(await asked(ask)) };
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return { cells: new Map([["refused", true]]), refusal: error.message };
  }
}

type Asked = Pick<Question, "oracle" | "console">;

/** What the console says between two answers of the oracle. */
async function lookAt(question: Asked) {
  const before = await answerOf(question.oracle);
  const shown = await answerOf(question.console);
  let after = before;
  let found = differing(shown.cells, before.cells, before.cells);
  // What moves is bracketed: a second answer is only needed where the first one differs.
  if (found.length > 0) {
    after = await answerOf(question.oracle);
    found = differing(shown.cells, before.cells, after.cells);
  }
  const refusals = [before, after].map(({ refusal }) => refusal !== undefined);
  if (!refusals.includes(shown.refusal !== undefined)) {
    found = [{ field: "refused", console: shown.refusal ?? ABSENT, oracle: before.refusal ?? ABSENT }];
  }
  const fields = new Set([...shown.cells.keys(), ...before.cells.keys()]).size;
  const moved = new Set(differing(before.cells, after.cells, after.cells).map(({ field }) => field));
  return { found, fields, isMoving: found.every(({ field }) => moved.has(field)) };
}

/** Fields in which both differ. Where all of these appear, or move, just then, a half may be shown: that is judged once the oracle says the same twice. */
export async function answered(question: Asked): Promise<Awaited<ReturnType<typeof lookAt>>> {
  let look = await lookAt(question);
  for (let looks = 1; look.found.length > 0 && look.isMoving && looks < LOOKS_MAX; looks++)
    look = await lookAt(question);
  return look;
}

/** Puts questions to both sides, counts what was compared and keeps what differs. */
export class Judge {
  readonly sides: Sides;
  private readonly tallies = new Map<string, Tally>();
  private readonly seen = new Map<KnownDifference, number>();
  private readonly limit = pLimit(AT_ONCE);

  constructor(sides: Sides) {
    this.sides = sides;
  }

  /** Compares field by field. */
  async compare(question: Question): Promise<void> {
    await this.limit(async () => {
      const { fields, found } = await answered(question);
      this.count(question, Math.max(fields, found.length), found);
    });
  }

  async compareAll(questions: readonly Question[]): Promise<void> {
    await Promise.all(questions.map((question) => this.compare(question)));
  }

  private count({ what, subject }: Question, checks: number, found: Omit<Difference, "what" | "subject">[]): void {
    const tally = this.tallies.get(what) ?? { what, checks: 0, known: 0, differences: [] };
    this.tallies.set(what, tally);
    tally.checks += checks;
    for (const one of found) {
      const difference = { what, subject, ...one };
      const row = rowOf(difference, this.sides.version);
      if (row === undefined) tally.differences.push(difference);
      else {
        tally.known += 1;
        this.seen.set(row, (this.seen.get(row) ?? 0) + 1);
      }
    }
  }

  /** By kind, in the order they were first compared. */
  table(): readonly Tally[] {
    return [...this.tallies.values()];
  }

  /** Known differences that were met, with how many fields. */
  met(): ReadonlyMap<KnownDifference, number> {
    return this.seen;
  }
}
