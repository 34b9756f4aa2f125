import type { ResendAsked } from "#contract/resend.ts";
import type { StoredMessage } from "../../../rocketmq/codec/stored-message.ts";
import { letterName, type Resent } from "../../../store/resent.ts";
import { retryTopicOf } from "../../../rocketmq/admin/retry-copies.ts";
import { originalTopicOf, wasPopped } from "./letters.ts";
import { lostIn } from "./outgoing.ts";

/** Why a dead letter is left out, or that it goes. */
type Fate = "goes" | "sent" | "sending" | "unknown";

export const fateOf = (known: Resent | undefined, again: ResendAsked["again"]): Fate => {
  if (known === undefined) return "goes";
  if (known.state === "sending") return "sending";
  if (again === "all" || (again === "unknown" && known.state === "unknown")) return "goes";
  return known.state;
};

/** Where a dead letter goes; undefined where nothing in it says so. */
export function targetOf(
  message: StoredMessage,
  { group, target }: Pick<ResendAsked, "group" | "target">,
): { topic: string; retryOf?: string } | undefined {
  const original = originalTopicOf(message, group);
  if (original === undefined) return undefined;
  return target === "original" ? { topic: original } : { topic: retryTopicOf(group), retryOf: original };
}

/** What a plan tells of the dead letters that it has read. */
export class Tally {
  readonly #asked: ResendAsked;
  readonly byTopic = new Map<string, number>();
  readonly originals = new Set<string>();
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

  constructor(asked: ResendAsked) {
    this.#asked = asked;
  }

  get isFull(): boolean {
    return this.#asked.limit !== undefined && this.goes >= this.#asked.limit;
  }

  add(page: readonly StoredMessage[], known: ReadonlyMap<string, Resent>): void {
    for (const message of page) {
      if (this.isFull) return;
      this.read += 1;
      const { storeTimestamp: at } = message;
      const name = letterName({ queueOffset: message.queueOffset.toString(), storedAt: at });
      const fate = fateOf(known.get(name), this.#asked.again);
      if (fate !== "goes") this.left[fate] += 1;
      else this.#goes(message);
    }
  }

  #goes(message: StoredMessage): void {
    const { group } = this.#asked;
    const { storeTimestamp: at } = message;
    const to = targetOf(message, this.#asked);
    if (to === undefined) {
      this.noTopic += 1;
      return;
    }
    this.goes += 1;
    this.byTopic.set(to.topic, (this.byTopic.get(to.topic) ?? 0) + 1);
    this.originals.add(to.retryOf ?? to.topic);
    this.oldest = Math.min(this.oldest ?? at, at);
    this.newest = Math.max(this.newest ?? at, at);
    this.largest = Math.max(this.largest, message.storedBodySize);
    const { delay, transaction } = lostIn(message);
    if (delay) this.delayed += 1;
    if (transaction) this.transactional += 1;
    if (wasPopped(message, group)) this.popped += 1;
    if (message.properties.has("__SHARDINGKEY")) this.sharded += 1;
    if (!message.bodyIntact) this.damaged += 1;
  }
}
