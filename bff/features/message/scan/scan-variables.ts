import { parseFastjson } from "../../../rocketmq/codec/fastjson.ts";
import type { JsonValue } from "../../../rocketmq/codec/json-value.ts";
import type { StoredMessage } from "../../../rocketmq/codec/stored-message.ts";

/** Up to this length JSON is read at once; what is longer is read before, in slices. */
export const JSON_AT_ONCE = 65_536;

/** A name that the evaluator would take for the kind of an object. */
const CONSTRUCTOR = '"constructor"';

/** Objects as maps, whose names mean nothing but themselves. */
function asMaps(value: JsonValue): unknown {
  if (Array.isArray(value)) return value.map(asMaps);
  if (typeof value !== "object" || value === null) return value;
  return new Map(Object.entries(value).map(([name, inner]) => [name, asMaps(inner)]));
}

/** A value for the evaluator: integers that a double would round are ints. */
export const jsonForFilter = (text: string, value: JsonValue): unknown =>
  text.includes(CONSTRUCTOR) ? asMaps(value) : value;

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
      if (this.#message.compression !== undefined) return this.#notReady("text");
      this.#text = this.#message.storedBody.toString("utf8");
    }
    return this.#text;
  }

  /** Undefined, as what is missing is, where the body is no JSON. */
  get json(): unknown {
    if (this.#json === undefined) {
      const { text } = this;
      if (text.length > JSON_AT_ONCE) return this.#notReady("json");
      this.#json = { value: readJson(text) };
    }
    return this.#json.value;
  }

  #notReady(lacking: Lacking): never {
    this.lacking = lacking;
    throw new NotReady();
  }
}

function readJson(text: string): unknown {
  try {
    return jsonForFilter(text, parseFastjson(text));
  } catch {
    return undefined;
  }
}

/** What an expression may ask of a message, read as it is asked. */
export class ScanVariables {
  readonly #message: StoredMessage;
  readonly body: ScanBody;

  constructor(message: StoredMessage, body = new ScanBody(message)) {
    this.#message = message;
    this.body = body;
  }

  get tag(): string {
    return this.#message.tags ?? "";
  }
  get keys(): string[] {
    return this.#message.keys?.split(" ").filter((key) => key !== "") ?? [];
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
