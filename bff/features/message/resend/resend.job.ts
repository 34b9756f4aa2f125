import type { ResendAsked } from "#contract/resend.ts";
import type { Deps } from "../../../api/deps.ts";
import { problemOf } from "../../../base/problem.ts";
import { refused } from "../../../cluster/plan-lines.ts";
import { largestMessage } from "../../../cluster/send-target.ts";
import type { ProblemCode } from "#contract/problem.ts";
import type { JobContext, JobKind, RowResult } from "../../../jobs/job.ts";
import { viewByOffsetMsgId } from "../../../rocketmq/admin/offset-msg-id.ts";
import { Producer } from "../../../rocketmq/client/producer.ts";
import { publishQueues } from "../../../rocketmq/client/publish-queues.ts";
import type { SendResult } from "../../../rocketmq/client/send-result.ts";
import type { RocketMQCluster } from "../../../rocketmq/cluster/cluster.ts";
import { decodeOffsetMsgId } from "../../../rocketmq/codec/message-id.ts";
import type { StoredMessage } from "../../../rocketmq/codec/stored-message.ts";
import { asRocketMQError, RocketMQError } from "../../../rocketmq/errors.ts";
import {
  claimAgain,
  claimNew,
  forgetBefore,
  letterName,
  releaseResent,
  settleResent,
  type Resent,
} from "../../../store/resent.ts";
import { Destinations } from "./destinations.ts";
import { lettersOf, rangesAt, rangesBetween, type LetterRange } from "./letters.ts";
import { outgoingOf } from "./outgoing.ts";
import { keyOf, Remembered, sentTo } from "./remembered.ts";
import { fateOf } from "./resend-tally.ts";

interface ResendJob {
  asked: ResendAsked;
  /** How many there were by the offsets of the queues. */
  matching: string | null;
  /** Topics of which the plan said that nothing is sent to them. */
  blocked: readonly (readonly [string, ProblemCode])[];
  by: string;
}

export const RESEND_GROUP = "ROCKETDECK_RESEND";
const IN_FLIGHT = 8;
/** So far a broker's clock may have been put back between two messages. */
const CLOCKS_MS = 3_600_000;

/** A dead letter that is this job's to send. */
interface Claimed {
  n: number;
  message: StoredMessage;
  to: { topic: string; retryOf?: string };
  row: Resent;
  before: Resent | undefined;
  begun: boolean;
}

const letterOf = ({ topic, brokerName = "", queueId, queueOffset }: StoredMessage) => ({
  topic,
  brokerName,
  queueId,
  queueOffset: queueOffset.toString(),
});

const keyText = ({ brokerName, queueId, queueOffset }: { brokerName?: string; queueId: number; queueOffset: bigint }) =>
  `${brokerName} · ${queueId} · ${queueOffset}`;

const left = { sent: "alreadySent", unknown: "alreadyUnknown", sending: "beingSent" } as const;

/** One run over dead letters: page by page, each marked as being sent before its broker is asked. */
class Resending {
  readonly #deps: Deps;
  readonly #cluster: RocketMQCluster;
  readonly #ctx: JobContext;
  readonly #job: ResendJob;
  readonly #remembered: Remembered;
  readonly #destinations: Destinations;
  readonly #producers = new Map<string, Promise<Producer>>();
  #rows = 0;
  #tried = 0;
  readonly #figures = { sent: 0, unknown: 0, left: 0 };

  constructor(deps: Deps, cluster: RocketMQCluster, ctx: JobContext, job: ResendJob) {
    this.#deps = deps;
    this.#cluster = cluster;
    this.#ctx = ctx;
    this.#job = job;
    this.#remembered = new Remembered(deps, cluster, Infinity);
    this.#destinations = new Destinations(cluster, job.asked, { blocked: job.blocked });
  }

  async run(): Promise<void> {
    const { asked } = this.#job;
    const { signal } = this.#ctx;
    const found =
      asked.places === undefined
        ? await rangesBetween(this.#cluster, asked.group, asked, { signal })
        : { ranges: rangesAt(asked.group, asked.places), failures: [] };
    for (const { target, error } of found.failures) this.#fail(target, error);
    for (const range of found.ranges) {
      if (signal.aborted || this.#isEnough) break;
      await this.#range(range);
    }
    this.#tell();
  }

  get #isEnough(): boolean {
    const { limit } = this.#job.asked;
    return limit !== undefined && this.#tried >= limit;
  }

  #tell(): void {
    this.#ctx.summary({ ...this.#figures });
  }

  #fail(key: string, error: unknown): void {
    const problem = problemOf(error);
    if (problem === undefined) throw error;
    const detail = problem.data.remark ?? problem.data.address;
    this.#ctx.record(++this.#rows, key, { state: "failed", code: problem.code, detail });
  }

  async #range(range: LetterRange): Promise<void> {
    const { signal } = this.#ctx;
    let read = 0;
    try {
      for await (const page of lettersOf(this.#cluster, range, { signal })) {
        if (read === 0) await this.#forgetOlder(page[0]);
        read += page.length;
        await this.#page(page);
        if (signal.aborted || this.#isEnough) return;
      }
    } catch (error) {
      if (signal.aborted || !(error instanceof RocketMQError)) throw error;
      return this.#fail(`${range.brokerName} · ${range.queueId}`, error);
    }
    if (read === 0 && this.#job.asked.places !== undefined)
      this.#fail(
        keyText({ ...range, queueOffset: range.from }),
        new RocketMQError("MESSAGE_NOT_FOUND", "the dead letter is not there any more"),
      );
  }

  /** What was remembered of letters that a queue no longer has goes, once all of the queue is read. */
  async #forgetOlder(first: StoredMessage | undefined): Promise<void> {
    const { places, from, instanceId } = this.#job.asked;
    if (first === undefined || places !== undefined || from !== undefined) return;
    await forgetBefore(this.#deps.db, keyOf(instanceId, first), first.storeTimestamp - CLOCKS_MS);
  }

  async #page(page: readonly StoredMessage[]): Promise<void> {
    const claimed = await this.#claim(page);
    const ordered = claimed.filter(({ message }) => message.properties.has("__SHARDINGKEY"));
    const others = claimed.filter((one) => !ordered.includes(one));
    try {
      // What has an order among each other keeps it.
      await this.#ctx.each(ordered, 1, (one) => this.#send(one));
      await this.#ctx.each(others, IN_FLIGHT, (one) => this.#send(one));
    } finally {
      for (const { begun, row, before } of claimed) if (!begun) await releaseResent(this.#deps.db, row, before);
    }
    this.#tell();
  }

  /** Marks those of a page that go as being sent; what others have marked meanwhile is theirs. */
  async #claim(page: readonly StoredMessage[]): Promise<Claimed[]> {
    const { asked, by } = this.#job;
    const { instanceId, again, limit = Infinity } = asked;
    const known = await this.#remembered.of(instanceId, page, this.#ctx.signal);
    const wanted: Claimed[] = [];
    for (const message of page) {
      if (this.#tried + wanted.length >= limit) break;
      const key = keyOf(instanceId, message);
      const before = known.get(letterName(key));
      const fate = fateOf(before, again);
      if (fate !== "goes") {
        this.#leave(message, left[fate]);
        continue;
      }
      const found = await this.#destinations.of(message);
      if (found.to === undefined) {
        this.#ctx.record(++this.#rows, keyText(message), {
          state: "failed",
          code: found.why,
          detail: found.topic,
          data: { letter: letterOf(message) },
        });
        continue;
      }
      const { to } = found;
      const msgId = (await this.#producerFor(to.topic)).nextId();
      const now = {
        target: to.topic,
        msgId,
        state: "sending" as const,
        sentTo: null,
        sentBy: by,
        at: this.#deps.now(),
      };
      wanted.push({ n: 0, message, to, row: { ...key, ...now, jobId: this.#ctx.jobId }, before, begun: false });
    }
    const fresh = await claimNew(
      this.#deps.db,
      wanted.filter(({ before }) => before === undefined).map(({ row }) => row),
    );
    const claimed: Claimed[] = [];
    for (const one of wanted) {
      const { before, row, message } = one;
      const mine = before === undefined ? fresh.has(letterName(row)) : await claimAgain(this.#deps.db, before, row);
      if (mine) claimed.push({ ...one, n: ++this.#rows });
      else this.#leave(message, "beingSent");
    }
    this.#tried += claimed.length;
    return claimed;
  }

  #leave(message: StoredMessage, code: string): void {
    this.#figures.left += 1;
    this.#ctx.record(++this.#rows, keyText(message), { state: "skipped", code, data: { letter: letterOf(message) } });
  }

  /** One for each topic, since what its brokers take differs; where nobody can say now, the send itself will tell. */
  #producerFor(topic: string): Promise<Producer> {
    const known = this.#producers.get(topic);
    if (known !== undefined) return known;
    const making = publishQueues(this.#cluster, topic, true)
      .then((queues) => largestMessage(this.#cluster, queues))
      .catch((error: unknown) => {
        asRocketMQError(error);
        return undefined;
      })
      .then((maxMessageSize) => new Producer(this.#cluster, { group: RESEND_GROUP, maxMessageSize }));
    this.#producers.set(topic, making);
    return making;
  }

  async #send(one: Claimed): Promise<void> {
    const { n, message, to, row, before } = one;
    const { db } = this.#deps;
    await this.#ctx.begin(n, keyText(message));
    one.begun = true;
    const data = { letter: letterOf(message), from: message.msgId, msgId: row.msgId, target: to.topic };
    try {
      const producer = await this.#producerFor(to.topic);
      const sent = await producer.send(outgoingOf(message, to), { msgId: row.msgId });
      await settleResent(db, row, { state: "sent", sentTo: sentTo(sent) });
      this.#figures.sent += 1;
      this.#ctx.settle(n, { ...(await this.#arrived(sent, to)), data: { ...data, sentTo: placeOf(sent) } });
    } catch (error) {
      const problem = problemOf(error);
      if (problem === undefined || !(error instanceof RocketMQError)) throw error;
      const unknown = refused(to.topic, error).unknown === true;
      if (unknown) {
        this.#figures.unknown += 1;
        await settleResent(db, row, { state: "unknown" });
      } else await releaseResent(db, row, before);
      const detail = problem.data.remark ?? error.message;
      this.#ctx.settle(n, { state: unknown ? "unknown" : "failed", code: problem.code, detail, data });
    }
  }

  /** What was stored: of a message for a retry topic also where, since brokers make it a dead letter at once while the group consumes in order. */
  async #arrived(sent: SendResult, { retryOf }: Claimed["to"]): Promise<RowResult> {
    const stored: RowResult = { state: "ok", code: sent.sendStatus };
    if (retryOf === undefined) return stored;
    try {
      const { message } = await viewByOffsetMsgId(this.#cluster, decodeOffsetMsgId(sent.offsetMsgId));
      return message?.topic.startsWith("%DLQ%") ? { state: "failed", code: "deadAtOnce" } : stored;
    } catch (error) {
      asRocketMQError(error);
      return stored;
    }
  }
}

const placeOf = ({ brokerName, queueId, queueOffset, offsetMsgId }: SendResult) => ({
  brokerName,
  queueId,
  queueOffset: queueOffset.toString(),
  offsetMsgId,
});

/** Sends dead letters once more; a row for each. */
export const resendJob = (deps: Deps): JobKind<ResendJob> => ({
  kind: "resend.deadLetters",
  action: "message:send",
  describe: ({ asked: { group, target, limit, places, again, from, to }, matching }) => ({
    group,
    target,
    again,
    matching,
    ...(limit !== undefined && { limit }),
    ...(places !== undefined && { places }),
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
  }),
  async run(ctx, job) {
    await new Resending(deps, await deps.clusters.get(job.asked.instanceId), ctx, job).run();
  },
});
