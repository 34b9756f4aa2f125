import { BeyondLimits } from "../../../rocketmq/codec/fastjson-parser.ts";
import { parseInSlices } from "../../../rocketmq/codec/fastjson.ts";
import type { JsonValue } from "../../../rocketmq/codec/json-value.ts";
import type { StoredMessage } from "../../../rocketmq/codec/stored-message.ts";
import { atOnce } from "../../../rocketmq/slices.ts";

/** Largest body, in bytes, that expressions look into: no step of the engine's own takes long on it. */
export const BODY_MAX = 1024 * 1024;

/** Up to this length JSON is read at once; what is longer is read before, in slices. */
const JSON_AT_ONCE = 65_536;

/** A name that the evaluator would take for the kind of an object. */
const CONSTRUCTOR = '"constructor"';

/** Objects as maps, whose names mean nothing but themselves. */
function* asMaps(value: JsonValue): Generator<void, unknown> {
  if (typeof value !== "object" || value === null) return value;
  yield;
  if (Array.isArray(value)) {
    const list: unknown[] = [];
    for (const inner of value) list.push(yield* asMaps(inner));
    return list;
  }
  const map = new Map<string, unknown>();
  for (const [name, inner] of Object.entries(value)) map.set(name, yield* asMaps(inner));
  return map;
}

/**
 * The JSON of a text for the evaluator: integers that a double would round are ints; undefined where it is none. A step at a time.
 * Throws BeyondLimits where nobody can say.
 */
export function* jsonInSlices(text: string): Generator<void, unknown> {
  try {
    // Some editors and libraries write a byte order mark.
    const value = yield* parseInSlices(text.startsWith("\uFEFF") ? text.slice(1) : text);
    return text.includes(CONSTRUCTOR) ? yield* asMaps(value) : value;
  } catch (error) {
    if (error instanceof BeyondLimits) throw error;
    return undefined;
  }
}

/** What an expression asked for that has to be made ready first: it is evaluated again then. */
type Lacking = "text" | "json";

class NotReady extends Error {}

/** The body of a message, read when the expression does. */
export class ScanBody {
  readonly #message: StoredMessage;
  #text: string | undefined;
  #json: { value: unknown } | undefined;
  lacking: Lacking | undefined;

  constructor(message: StoredMessage, ready: { text?: string; json?: { value: unknown } } = {}) {
    this.#message = message;
    this.#text = ready.text;
    this.#json = ready.json;
  }

  /** As UTF-8. */
  get text(): string {
    if (this.#text === undefined) {
      const { compression, storedBody } = this.#message;
      if (compression !== undefined || storedBody.length > BODY_MAX) return this.#notReady("text");
      this.#text = storedBody.toString("utf8");
    }
    return this.#text;
  }

  /** Undefined, as what is missing is, where the body is no JSON. */
  get json(): unknown {
    if (this.#json === undefined) {
      const { text } = this;
      if (text.length > JSON_AT_ONCE) return this.#notReady("json");
      try {
        this.#json = { value: atOnce(jsonInSlices(text)) };
      } catch {
        return this.#notReady("json");
      }
    }
    return this.#json.value;
  }

  #notReady(lacking: Lacking): never {
    this.lacking = lacking;
    throw new NotReady();
  }
}

/** What an expression may ask of a message, read as it is asked. */
export class ScanVariables {
  readonly #message: StoredMessage;
  readonly body: ScanBody;
  #keys: string[] | undefined;

  constructor(message: StoredMessage, body = new ScanBody(message)) {
    this.#message = message;
    this.body = body;
  }

  get tag(): string {
    return this.#message.tags ?? "";
  }
  get keys(): string[] {
    return (this.#keys ??= this.#message.keys?.split(" ").filter((key) => key !== "") ?? []);
  }
  get props(): ReadonlyMap<string, string> {
    return this.#message.properties;
  }
  get msgId(): string {
    return this.#message.msgId;
  }
  get size(): bigint {
    return BigInt(this.#message.storedBodySize);
  }
  get bornAt(): Date {
    return new Date(this.#message.bornTimestamp);
  }
  get storedAt(): Date {
    return new Date(this.#message.storeTimestamp);
  }
  get bornHost(): string {
    return this.#message.bornHost;
  }
  get retries(): bigint {
    return BigInt(this.#message.reconsumeTimes);
  }
  get queueId(): bigint {
    return BigInt(this.#message.queueId);
  }
  get queueOffset(): bigint {
    return this.#message.queueOffset;
  }
}
