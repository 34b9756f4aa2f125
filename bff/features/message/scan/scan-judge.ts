import { EvaluationError } from "@marcbachmann/cel-js";
import { Problem } from "../../../base/problem.ts";
import { BodyTooLarge, unpackBody } from "../../../rocketmq/codec/compression.ts";
import { BeyondLimits } from "../../../rocketmq/codec/fastjson-parser.ts";
import type { StoredMessage } from "../../../rocketmq/codec/stored-message.ts";
import { inSlices, Slices } from "../../../rocketmq/slices.ts";
import type { ScanFilter } from "./scan-filter.ts";
import { withinTime, withoutTraces } from "./scan-guard.ts";
import { BODY_MAX, jsonInSlices, ScanBody, ScanVariables } from "./scan-variables.ts";

/** Why a message could not be judged: its body does not unpack, not within bounds, or the expression took too long on it. */
type NotJudged = "unpack" | "tooLarge" | "tooLong";

interface Judged {
  hits: StoredMessage[];
  /** What is neither a hit nor none. */
  notJudged: { message: StoredMessage; why: NotJudged }[];
}

/** Work of one go, after which others run. */
const GO_MS = 8;
const TOO_LONG_MAX = 3;
/** Up to so many bytes of body an expression that goes through it some times takes a few milliseconds. */
const SHORT_BODY = 16_384;
/** How often one message is tried alone: on a busy machine time passes for other reasons too. */
const TRIES = 2;

/** `lacks`: something has to be made ready first; `overflow`: the engine gave up on a pattern. */
type Verdict = boolean | "lacks" | "overflow";

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
    const { guarding } = this.#filter;
    const isGuarded =
      guarding === "always" ||
      (guarding === "longBodies" && messages.some(({ storedBody }) => storedBody.length > SHORT_BODY));
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
      const whole = isGuarded ? await withinTime(go) : { value: withoutTraces(go) };
      for (const [n, verdict] of verdicts.entries()) {
        const message = messages[at + n];
        if (message === undefined) continue;
        await this.#settle(message, verdict, variables[n]?.body.lacking, judged);
      }
      at += verdicts.length;
      const held = messages[at];
      if (whole === undefined && held !== undefined) {
        await this.#judgeAlone(held, undefined, judged);
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
    } catch (error) {
      if (variables.body.lacking !== undefined) return "lacks";
      // All patterns are ones: what is thrown is that it ran out of room.
      if (error instanceof EvaluationError && error.code === "invalid_regular_expression") return "overflow";
      // What a message does not have does not match.
      return false;
    }
  }

  async #settle(message: StoredMessage, verdict: Verdict | undefined, lacking: ScanBody["lacking"], judged: Judged) {
    if (verdict === true) judged.hits.push(message);
    if (verdict === "lacks") await this.#judgeReady(message, lacking === "json", judged);
    if (verdict === undefined || verdict === "overflow") this.#tookTooLong(message, judged);
  }

  /** Without others; `body` where it was made ready. */
  async #judgeAlone(message: StoredMessage, body: ScanBody | undefined, judged: Judged): Promise<void> {
    for (let tries = 1; ; tries++) {
      const variables = new ScanVariables(message, body);
      const done = await withinTime(() => this.#verdict(variables));
      this.#signal.throwIfAborted();
      if (done !== undefined || tries >= TRIES)
        return this.#settle(message, done?.value, variables.body.lacking, judged);
    }
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
      const isBeyond = error instanceof BodyTooLarge || error instanceof BeyondLimits;
      judged.notJudged.push({ message, why: isBeyond ? "tooLarge" : "unpack" });
      return;
    }
    await this.#judgeAlone(message, body, judged);
  }
}

/** Throws MALFORMED_RESPONSE where the body does not unpack, as BodyTooLarge or BeyondLimits where that would be too much. */
async function readyBody(message: StoredMessage, wantsJson: boolean, signal: AbortSignal): Promise<ScanBody> {
  const { compression, storedBody } = message;
  const bytes = compression === undefined ? storedBody : await unpackBody(storedBody, compression, BODY_MAX);
  if (bytes.length > BODY_MAX) throw new BodyTooLarge("MALFORMED_RESPONSE", `a body of ${bytes.length} bytes`);
  const text = bytes.toString("utf8");
  if (!wantsJson) return new ScanBody(message, { text });
  return new ScanBody(message, { text, json: { value: await inSlices(jsonInSlices(text), signal) } });
}
