import type { ConsumeTest } from "#contract/dial-test.ts";
import type { Deps } from "../../api/deps.ts";
import type { JobContext, JobKind } from "../../jobs/job.ts";
import { problemOf } from "../../base/problem.ts";
import type { RocketMQCluster } from "../../rocketmq/cluster/cluster.ts";
import { PullConsumer } from "../../rocketmq/client/pull-consumer.ts";
import type { StoredMessage } from "../../rocketmq/codec/stored-message.ts";
import { commitMoves } from "./commit.ts";
import { queuesOf, type TestQueue } from "./consume-plan.ts";
import { readRow } from "./read-row.ts";

const BATCH = 32;
/** A queue that has nothing is waited on at the broker so long before the clock is looked at again. */
const SUSPEND_MS = 1000;

interface Progress extends TestQueue {
  /** First offset not yet read. */
  next: bigint;
  failed: boolean;
  atEnd: boolean;
}

interface Run {
  ctx: JobContext;
  test: ConsumeTest;
  consumer: PullConsumer;
  rows: number;
  messages: number;
}

const queueKey = ({ target, queueId }: TestQueue) => `${target.brokerName}:${queueId}`;

function take(run: Run, messages: readonly StoredMessage[], queue: Progress): void {
  for (const message of messages) {
    if (run.messages >= run.test.count) return;
    run.messages += 1;
    run.rows += 1;
    queue.next = message.queueOffset + 1n;
    run.ctx.record(run.rows, message.msgId, readRow(message));
  }
}

function fail(run: Run, queue: Progress, error: unknown): void {
  const problem = problemOf(error);
  if (problem === undefined) throw error;
  queue.failed = true;
  run.rows += 1;
  const code = problem.code === "REQUEST_TIMEOUT" ? "BROKER_TIMEOUT" : "CONSUME_FAILURE";
  const detail = [problem.code, problem.data.remark ?? problem.data.address].filter(Boolean).join(": ");
  run.ctx.record(run.rows, queueKey(queue), { state: "failed", code, detail });
}

async function pullOnce(run: Run, queue: Progress, maxNums: number, suspendMs: number): Promise<void> {
  const { test, ctx } = run;
  const { brokerName } = queue.target;
  const place = { topic: test.topic, brokerName, queueId: queue.queueId };
  try {
    const pulled = await run.consumer.pull(place, queue.next, {
      maxNums,
      tags: test.tags,
      suspendMs,
      signal: ctx.signal,
    });
    queue.atEnd = pulled.status === "NO_NEW";
    if (pulled.status === "OFFSET_MOVED") {
      run.rows += 1;
      ctx.record(run.rows, queueKey(queue), { state: "skipped", code: "OFFSET_ILLEGAL", detail: pulled.remark });
    }
    const wanted = run.messages + pulled.messages.length <= test.count;
    take(run, pulled.messages, queue);
    // What the filter of the broker left out is read too, unless some of this piece did not fit in any more.
    if (wanted && (pulled.status !== "NO_NEW" || pulled.nextBeginOffset > queue.next))
      queue.next = pulled.nextBeginOffset;
  } catch (error) {
    if (!ctx.signal.aborted) fail(run, queue, error);
  }
}

/** Reads until there are enough messages, the time is up, or no queue is left that answers. */
async function readAll(run: Run, queues: readonly Progress[]): Promise<void> {
  const deadline = performance.now() + run.test.timeoutSeconds * 1000;
  for (;;) {
    const alive = queues.filter(({ failed }) => !failed);
    const left = run.test.count - run.messages;
    if (alive.length === 0 || left <= 0 || run.ctx.signal.aborted || performance.now() >= deadline) return;
    const withMessages = alive.filter(({ atEnd }) => !atEnd);
    const chosen = withMessages.length === 0 ? alive : run.test.ordered ? withMessages.slice(0, 1) : withMessages;
    const suspendMs = withMessages.length === 0 ? Math.min(SUSPEND_MS, Math.max(1, deadline - performance.now())) : 0;
    const each = Math.min(BATCH, Math.max(1, Math.ceil(left / chosen.length)));
    await run.ctx.each(chosen, chosen.length, (queue) => pullOnce(run, queue, each, Math.round(suspendMs)));
  }
}

async function commit(run: Run, cluster: RocketMQCluster, group: string, queues: readonly Progress[]) {
  const moves = queues
    .filter(({ next, from }) => next > from)
    .map(({ target: { brokerName, addr }, queueId, next, committed }) => {
      return { brokerName, addr, queueId, from: committed, to: next };
    });
  run.ctx.summary({ committed: await commitMoves(cluster, { group, topic: run.test.topic }, moves) });
}

/** Pulls test messages; a row for each. Commits the group's offsets at the end, and only when asked. */
export const consumeTest = (deps: Deps): JobKind<ConsumeTest> => ({
  kind: "dialTest.consume",
  action: "message:consume",
  waits: true,
  describe: ({ instanceId, ...shownParams }) => shownParams,
  async run(ctx, test) {
    const cluster = await deps.clusters.get(test.instanceId);
    const { queues, failures } = await queuesOf(cluster, test);
    const started = performance.now();
    const run: Run = { ctx, test, consumer: new PullConsumer(cluster), rows: 0, messages: 0 };
    ctx.total(test.count);
    for (const { target, code, remark } of failures) {
      run.rows += 1;
      ctx.record(run.rows, target, {
        state: "failed",
        code: "CONSUME_FAILURE",
        detail: [code, remark].filter(Boolean).join(": "),
      });
    }
    const progress = queues.map((queue): Progress => ({ ...queue, next: queue.from, failed: false, atEnd: false }));
    await readAll(run, progress);
    const seconds = (performance.now() - started) / 1000;
    ctx.summary({ messages: run.messages, seconds, perSecond: run.messages / seconds });
    if (run.messages === 0 && failures.length === 0 && !progress.some(({ failed }) => failed) && !ctx.signal.aborted) {
      run.rows += 1;
      ctx.record(run.rows, test.topic, { state: "skipped", code: "NO_MATCHED_MESSAGE" });
    }
    if (test.commit && test.group !== undefined && !ctx.signal.aborted)
      await commit(run, cluster, test.group, progress);
    // Fewer than were asked for stay fewer, so that the test is not taken for whole.
    if (!ctx.signal.aborted) ctx.total(run.messages === 0 ? run.rows : Math.max(test.count, run.rows));
  },
});
