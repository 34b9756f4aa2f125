import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import { delayLevelMs } from "#contract/rules/delay.ts";
import type { Deps } from "../../api/deps.ts";
import { Problem, problemOf } from "../../base/problem.ts";
import type { JobKind, RowResult } from "../../jobs/job.ts";
import { queryByUniqKey } from "../../rocketmq/admin/message-admin.ts";
import { PullConsumer } from "../../rocketmq/client/pull-consumer.ts";
import type { RocketMQCluster } from "../../rocketmq/cluster/cluster.ts";
import type { StoredMessage } from "../../rocketmq/codec/stored-message.ts";
import { asRocketMQError } from "../../rocketmq/errors.ts";
import { readRow } from "./read-row.ts";

const AT_ONCE = 16;
/** A message that is not there yet is looked for again so often, and for so long after it has to be there. */
const AGAIN_MS = 250;
const PATIENCE_MS = 5000;
/** A delay is waited for no longer than this. */
const LONGEST_DELAY_MS = 60_000;

const Sent = z.object({ msgId: z.string(), brokerName: z.string(), queueId: z.number(), queueOffset: z.string() });
const Params = z.object({
  topic: z.string(),
  messageType: z.string().optional(),
  delayLevel: z.number().optional(),
  delaySeconds: z.number().optional(),
});

interface SentMessage extends z.infer<typeof Sent> {
  /** When it may be consumed. */
  dueAt: number;
}

export interface ProducedRun {
  instanceId: string;
  topic: string;
  /** The produce test. */
  of: string;
  /** Its messages lie where the broker said: delayed and transactional ones were put elsewhere first. */
  inPlace: boolean;
  sent: SentMessage[];
}

/** What a produce test has sent. Throws JOB_NOT_FOUND where it is none of that topic. */
export async function runOf(
  deps: Deps,
  { instanceId, topic, jobId }: { instanceId: string; topic: string; jobId: string },
): Promise<ProducedRun> {
  const job = await deps.jobs.get(jobId);
  const params = Params.safeParse(job.params).data;
  if (job.kind !== "dialTest.produce" || job.instanceId !== instanceId || params?.topic !== topic)
    throw new Problem("JOB_NOT_FOUND");
  const { messageType, delayLevel, delaySeconds } = params;
  const delayed = messageType === "DELAY";
  const delayMs = !delayed ? 0 : delaySeconds === undefined ? delayLevelMs(delayLevel ?? 0) : delaySeconds * 1000;
  const sent: SentMessage[] = [];
  for await (const { state, data, at } of deps.jobs.results(jobId)) {
    const message = state === "ok" ? Sent.safeParse(data).data : undefined;
    if (message !== undefined) sent.push({ ...message, dueAt: at + delayMs });
  }
  return { instanceId, topic, of: jobId, inPlace: !delayed && messageType !== "TRANSACTION", sent };
}

class Reader {
  readonly #cluster: RocketMQCluster;
  readonly #run: ProducedRun;
  readonly #consumer: PullConsumer;

  constructor(cluster: RocketMQCluster, run: ProducedRun) {
    this.#cluster = cluster;
    this.#run = run;
    this.#consumer = new PullConsumer(cluster);
  }

  /** The message of that very id; nothing where no broker has it. Throws the failure of a broker that did not answer. */
  async find(sent: SentMessage, signal: AbortSignal): Promise<StoredMessage | undefined> {
    const there = this.#run.inPlace ? await this.#inPlace(sent, signal) : undefined;
    if (there !== undefined) return there;
    const { items, failures } = await queryByUniqKey(this.#cluster, this.#run.topic, sent.msgId, { signal });
    if (items.length === 0 && failures[0] !== undefined) throw failures[0].error;
    return items[0];
  }

  async #inPlace({ msgId, brokerName, queueId, queueOffset }: SentMessage, signal: AbortSignal) {
    const place = { topic: this.#run.topic, brokerName, queueId };
    const { messages } = await this.#consumer.pull(place, BigInt(queueOffset), { maxNums: 1, signal });
    return messages.find((message) => message.msgId === msgId);
  }
}

/** Looks for a message until it has had its time: from when the job began, so that many that are missing are not waited for one after the other. */
async function readOne(
  reader: Reader,
  sent: SentMessage,
  { deps, begun, signal }: { deps: Deps; begun: number; signal: AbortSignal },
): Promise<RowResult> {
  const waits = sent.dueAt - begun <= LONGEST_DELAY_MS ? Math.max(begun, sent.dueAt) : begun;
  for (;;) {
    const message = await reader.find(sent, signal);
    if (message !== undefined) return readRow(message);
    if (signal.aborted) return { state: "cancelled" };
    const now = deps.now();
    if (now >= waits + PATIENCE_MS)
      return now < sent.dueAt ? { state: "skipped", code: "NOT_DUE" } : { state: "failed", code: "MISSING" };
    await pause(AGAIN_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** Reads the very messages that a produce test has sent, and names those that are not there; nobody's offsets are touched. */
export const readBackTest = (deps: Deps): JobKind<ProducedRun> => ({
  kind: "dialTest.readBack",
  action: "message:consume",
  waits: true,
  describe: ({ topic, of, sent }) => ({ topic, of, count: sent.length }),
  async run(ctx, run) {
    const reader = new Reader(await deps.clusters.get(run.instanceId), run);
    const started = performance.now();
    const begun = deps.now();
    let found = 0;
    ctx.total(run.sent.length);
    await ctx.each(run.sent.entries(), AT_ONCE, async ([index, sent]) => {
      await ctx.begin(index + 1, sent.msgId);
      try {
        const result = await readOne(reader, sent, { deps, begun, signal: ctx.signal });
        if (result.state === "ok") found += 1;
        ctx.settle(index + 1, result);
      } catch (error) {
        if (ctx.signal.aborted) return ctx.settle(index + 1, { state: "cancelled" });
        const problem = problemOf(asRocketMQError(error));
        const detail = [problem?.code, problem?.data.remark ?? problem?.data.address].filter(Boolean).join(": ");
        ctx.settle(index + 1, { state: "failed", code: "CONSUME_FAILURE", detail });
      }
    });
    const seconds = (performance.now() - started) / 1000;
    ctx.summary({ messages: found, seconds, perSecond: found / seconds });
  },
});
