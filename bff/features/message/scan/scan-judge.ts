import { createContext, Script } from "node:vm";
import { Problem } from "../../../base/problem.ts";
import { BodyTooLarge, unpackBody } from "../../../rocketmq/codec/compression.ts";
import { parseInSlices } from "../../../rocketmq/codec/fastjson.ts";
import type { StoredMessage } from "../../../rocketmq/codec/stored-message.ts";
import { inSlices, Slices } from "../../../rocketmq/slices.ts";
import type { ScanFilter } from "./scan-filter.ts";
import { jsonForFilter, ScanBody, ScanVariables } from "./scan-variables.ts";

/** Why a message could not be judged: its body does not unpack, not within bounds, or the expression took too long on it. */
type NotJudged = "unpack" | "tooLarge" | "tooLong";

interface Judged {
  hits: StoredMessage[];
  /** What is neither a hit nor none. */
  notJudged: { message: StoredMessage; why: NotJudged }[];
}

/** How long an expression may hold up everybody: a pattern may take ages on one text. */
const HELD_MS = 100;
/** Work of one go, after which others run. */
const GO_MS = 8;
const TOO_LONG_MAX = 3;

const script = new Script("go()");
const guard = createContext({ go: () => undefined });

/** An error of the context is none of ours by its class. */
const isTimeout = (error: unknown) =>
  typeof error === "object" && error !== null && "code" in error && error.code === "ERR_SCRIPT_EXECUTION_TIMEOUT";

/** Runs what is ended, wherever it is, after so long; undefined where it was. */
function withinTime<T>(go: () => T): { value: T } | undefined {
  let done: { value: T } | undefined;
  guard["go"] = () => (done = { value: go() });
  try {
    script.runInContext(guard, { timeout: HELD_MS });
    return done;
  } catch (error) {
    if (isTimeout(error)) return undefined;
    throw error;
  }
}

/** The trace of an error costs more than all else, and nobody sees it. */
function withoutTraces<T>(work: () => T): T {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return work();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

type Verdict = boolean | "lacks";

/** Applies a filter to messages, in slices; what it costs is bounded by time and not by trust. */
export class ScanJudge {
  readonly #filter: ScanFilter;
  readonly #signal: AbortSignal;
  readonly #slices = new Slices();
  #tooLong = 0;

  constructor(filter: ScanFilter, signal: AbortSignal) {
    this.#filter = filter;
    this.#signal = signal;
  }

  /** Throws SCAN_TOO_COSTLY once the expression took too long on several messages. */
  async judge(messages: readonly StoredMessage[]): Promise<Judged> {
    const judged: Judged = { hits: [], notJudged: [] };
    for (let at = 0; at < messages.length;) {
      const upTo = performance.now() + GO_MS;
      const verdicts: Verdict[] = [];
      const variables: ScanVariables[] = [];
      const go = (): void => {
        for (let n = at; n < messages.length && performance.now() < upTo; n++) {
          const message = messages[n];
          if (message === undefined) break;
          const one = new ScanVariables(message);
          variables[n - at] = one;
          verdicts[n - at] = this.#verdict(one);
        }
      };
      const whole = withoutTraces(() => this.#bounded(go));
      for (const [n, verdict] of verdicts.entries()) {
        const message = messages[at + n];
        if (message === undefined) continue;
        if (verdict === true) judged.hits.push(message);
        if (verdict === "lacks") await this.#judgeReady(message, variables[n]?.body.lacking === "json", judged);
      }
      at += verdicts.length;
      const held = messages[at];
      if (whole === undefined && held !== undefined) {
        this.#judgeAlone(held, new ScanVariables(held), judged);
        at += 1;
      }
      await this.#slices.pause();
      this.#signal.throwIfAborted();
    }
    return judged;
  }

  #verdict(variables: ScanVariables): Verdict {
    try {
      return this.#filter.evaluate(variables) === true;
    } catch {
      // What a message does not have does not match.
      return variables.body.lacking === undefined ? false : "lacks";
    }
  }

  #bounded<T>(go: () => T): { value: T } | undefined {
    return this.#filter.costly ? withinTime(go) : { value: go() };
  }

  /** A message on which the expression took too long, once more without others. */
  #judgeAlone(message: StoredMessage, variables: ScanVariables, judged: Judged): void {
    const done = withinTime(() => this.#verdict(variables));
    if (done === undefined) this.#tookTooLong(message, judged);
    else if (done.value === true) judged.hits.push(message);
    else if (done.value === "lacks") judged.notJudged.push({ message, why: "tooLong" });
  }

  #tookTooLong(message: StoredMessage, judged: Judged): void {
    judged.notJudged.push({ message, why: "tooLong" });
    if (++this.#tooLong >= TOO_LONG_MAX) throw new Problem("SCAN_TOO_COSTLY");
  }

  /** With its body unpacked, and its JSON read where that is long. */
  async #judgeReady(message: StoredMessage, wantsJson: boolean, judged: Judged): Promise<void> {
    let body: ScanBody;
    try {
      body = await readyBody(message, wantsJson, this.#signal);
    } catch (error) {
      this.#signal.throwIfAborted();
      judged.notJudged.push({ message, why: error instanceof BodyTooLarge ? "tooLarge" : "unpack" });
      return;
    }
    const variables = new ScanVariables(message, body);
    const done = this.#bounded(() => this.#verdict(variables));
    if (done === undefined) return this.#judgeAlone(message, variables, judged);
    if (done.value === true) judged.hits.push(message);
    if (done.value === "lacks" && !wantsJson) return this.#judgeReady(message, true, judged);
  }
}

/** Throws MALFORMED_RESPONSE where the body does not unpack, as BodyTooLarge where that would be too much. */
async function readyBody(message: StoredMessage, wantsJson: boolean, signal: AbortSignal): Promise<ScanBody> {
  const { compression, storedBody } = message;
  const bytes = compression === undefined ? storedBody : await unpackBody(storedBody, compression);
  const text = bytes.toString("utf8");
  if (!wantsJson) return new ScanBody(message, { text });
  try {
    const value = jsonForFilter(text, await inSlices(parseInSlices(text), signal));
    return new ScanBody(message, { text, json: { value } });
  } catch {
    signal.throwIfAborted();
    return new ScanBody(message, { text, json: { value: undefined } });
  }
}
