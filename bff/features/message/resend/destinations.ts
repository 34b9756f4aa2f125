import type { ProblemCode } from "#contract/problem.ts";
import type { ResendAsked } from "#contract/resend.ts";
import { ownTopics, topicKindOf } from "../../../cluster/names.ts";
import { sendBlockOf } from "../../../cluster/send-target.ts";
import { retryTopicOf } from "../../../rocketmq/admin/retry-copies.ts";
import { publishQueues } from "../../../rocketmq/client/publish-queues.ts";
import type { RocketMQCluster } from "../../../rocketmq/cluster/cluster.ts";
import type { StoredMessage } from "../../../rocketmq/codec/stored-message.ts";
import { originalTopicOf, wasPopped } from "./letters.ts";

/** Where a dead letter goes, or why it does not. */
export type Destination =
  | { to: { topic: string; retryOf?: string } }
  | { to?: undefined; why: "noTopic" | "damaged" | ProblemCode; topic?: string };

/** Where a dead letter says it goes; undefined where nothing in it does. */
function targetOf(message: StoredMessage, { group, target }: Pick<ResendAsked, "group" | "target">) {
  const original = originalTopicOf(message, group);
  if (original === undefined) return undefined;
  return target === "original" ? { topic: original } : { topic: retryTopicOf(group), retryOf: original };
}

/** Judges for a plan and for its job alike where dead letters go: anybody can have written into them where they came from. */
export class Destinations {
  readonly #cluster: RocketMQCluster;
  readonly #asked: Pick<ResendAsked, "group" | "target">;
  readonly #blocked: Map<string, ProblemCode | null>;
  #looks: number;

  /** `blocked` are topics of which that is known; of so many others as `looks` it is asked whether they take messages, and those beyond tell by refusing them. */
  constructor(
    cluster: RocketMQCluster,
    asked: Pick<ResendAsked, "group" | "target">,
    { blocked = [], looks = 0 }: { blocked?: Iterable<readonly [string, ProblemCode]>; looks?: number },
  ) {
    this.#cluster = cluster;
    this.#asked = asked;
    this.#blocked = new Map(blocked);
    this.#looks = looks;
  }

  async of(message: StoredMessage): Promise<Destination> {
    const { group, target } = this.#asked;
    const to = targetOf(message, this.#asked);
    if (to === undefined) return { why: "noTopic" };
    if (!message.bodyIntact) return { why: "damaged" };
    if (target === "group" && wasPopped(message, group)) return { why: "RESEND_POPS" };
    const why = await this.#blockOf(to.topic);
    return why === null ? { to } : { why, topic: to.topic };
  }

  async #blockOf(topic: string): Promise<ProblemCode | null> {
    const known = this.#blocked.get(topic);
    if (known !== undefined) return known;
    const blocked = await this.#ask(topic);
    this.#blocked.set(topic, blocked);
    return blocked;
  }

  async #ask(topic: string): Promise<ProblemCode | null> {
    const { group, target } = this.#asked;
    const kind = topicKindOf(topic, await ownTopics(this.#cluster));
    const isMeant = kind === "normal" || (kind === "retry" && target === "group" && topic === retryTopicOf(group));
    if (!isMeant) return "SYSTEM_RESOURCE";
    if (this.#looks <= 0) return null;
    this.#looks -= 1;
    return publishQueues(this.#cluster, topic, true).then(
      () => null,
      (error: unknown) => sendBlockOf(error) ?? null,
    );
  }
}
