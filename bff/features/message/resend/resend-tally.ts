import type { ResendAsked } from "#contract/resend.ts";
import type { StoredMessage } from "../../../rocketmq/codec/stored-message.ts";
import type { ProblemCode } from "#contract/problem.ts";
import { letterName, type Resent } from "../../../store/resent.ts";
import type { Destinations } from "./destinations.ts";
import { lostIn } from "./outgoing.ts";

/** Why a dead letter is left out, or that it goes. */
type Fate = "goes" | "sent" | "sending" | "unknown";

export const fateOf = (known: Resent | undefined, again: ResendAsked["again"]): Fate => {
  if (known === undefined) return "goes";
  if (known.state === "sending") return "sending";
  if (again === "all" || (again === "unknown" && known.state === "unknown")) return "goes";
  return known.state;
};

/** What a plan tells of the dead letters that it has read. */
export class Tally {
  readonly #asked: ResendAsked;
  readonly #destinations: Destinations;
  /** Of those that go. */
  readonly byTopic = new Map<string, number>();
  /** Of those that do not, since nothing may be sent where they would go. */
  readonly blocked = new Map<string, { why: ProblemCode; messages: number }>();
  read = 0;
  goes = 0;
  readonly left = { sent: 0, sending: 0, unknown: 0 };
  noTopic = 0;
  popped = 0;
  sharded = 0;
  delayed = 0;
  transactional = 0;
  damaged = 0;
  largest = 0;
  oldest: number | null = null;
  newest: number | null = null;

  constructor(asked: ResendAsked, destinations: Destinations) {
    this.#asked = asked;
    this.#destinations = destinations;
  }

  get isFull(): boolean {
    return this.#asked.limit !== undefined && this.goes >= this.#asked.limit;
  }

  async add(page: readonly StoredMessage[], known: ReadonlyMap<string, Resent>): Promise<void> {
    for (const message of page) {
      if (this.isFull) return;
      this.read += 1;
      const { storeTimestamp: at } = message;
      const name = letterName({ queueOffset: message.queueOffset.toString(), storedAt: at });
      const fate = fateOf(known.get(name), this.#asked.again);
      if (fate !== "goes") this.left[fate] += 1;
      else await this.#judge(message);
    }
  }

  async #judge(message: StoredMessage): Promise<void> {
    const found = await this.#destinations.of(message);
    if (found.to !== undefined) this.#goes(message, found.to.topic);
    else if (found.why === "noTopic") this.noTopic += 1;
    else if (found.why === "damaged") this.damaged += 1;
    else if (found.topic === undefined) this.popped += 1;
    else {
      const { messages } = this.blocked.get(found.topic) ?? { messages: 0 };
      this.blocked.set(found.topic, { why: found.why, messages: messages + 1 });
    }
  }

  #goes(message: StoredMessage, topic: string): void {
    const { storeTimestamp: at } = message;
    this.goes += 1;
    this.byTopic.set(topic, (this.byTopic.get(topic) ?? 0) + 1);
    this.oldest = Math.min(this.oldest ?? at, at);
    this.newest = Math.max(this.newest ?? at, at);
    this.largest = Math.max(this.largest, message.storedBodySize);
    const { delay, transaction } = lostIn(message);
    if (delay) this.delayed += 1;
    if (transaction) this.transactional += 1;
    if (message.properties.has("__SHARDINGKEY")) this.sharded += 1;
  }
}
