import type { Copied, ReadLetter, Resent } from "#contract/resend.ts";
import type { Failure } from "#contract/list.ts";
import { api } from "../../../api/api.ts";
import { namesIn } from "../../../api/audited.ts";
import { askedBy, type Deps } from "../../../api/deps.ts";
import { failuresOf } from "../../../cluster/failures.ts";
import type { FanOutFailure } from "../../../rocketmq/cluster/fan-out.ts";
import { dlqTopicOf } from "../../../rocketmq/admin/dead-letters.ts";
import { asRocketMQError } from "../../../rocketmq/errors.ts";
import { atField } from "../message-find.ts";
import { copying, subjectOfCopy } from "./copy.ts";
import { fatesOf } from "./fates.ts";
import { lettersOf, rangesAt } from "./letters.ts";
import { presentResent, Remembered } from "./remembered.ts";
import { resending } from "./resend-plan.ts";
import { resendJob } from "./resend.job.ts";

type Places = { instanceId: string; group: string; places: readonly ReadLetter[] };

/** Of dead letters of which is known when they were stored those that were sent once more; nothing is read or looked for. */
async function knownOfRead(deps: Deps, { instanceId, group, places }: Places): Promise<Resent[]> {
  const remembered = new Remembered(deps, await deps.clusters.get(instanceId), 0);
  const letters = places.flatMap(({ storedAt, queueOffset, ...letter }) =>
    storedAt === undefined
      ? []
      : [{ ...letter, topic: dlqTopicOf(group), queueOffset: BigInt(queueOffset), storeTimestamp: storedAt }],
  );
  const queueOf = ({ brokerName, queueId }: { brokerName: string; queueId: number }) => `${brokerName} ${queueId}`;
  const queues = [...new Set(letters.map(queueOf))];
  const found = await Promise.all(
    queues.map((queue) =>
      remembered.of(
        instanceId,
        letters.filter((letter) => queueOf(letter) === queue),
      ),
    ),
  );
  return found.flatMap((known) => [...known.values()].map((row) => presentResent(instanceId, row)));
}

/** Of dead letters those that were sent once more; one that nobody has read is, since a topic that was made anew has others at the same places. */
async function knownOf(
  deps: Deps,
  { instanceId, group, places }: Places,
  signal: AbortSignal | undefined,
): Promise<{ items: Resent[]; failures: Failure[] }> {
  const cluster = await deps.clusters.get(instanceId, signal);
  const remembered = new Remembered(deps, cluster);
  const items = await knownOfRead(deps, { instanceId, group, places });
  const unread = places.filter(({ storedAt }) => storedAt === undefined);
  const failures: FanOutFailure[] = [];
  await cluster.turns.each(
    rangesAt(group, unread),
    async (range) => {
      try {
        for await (const page of lettersOf(cluster, range, { signal }))
          for (const row of (await remembered.of(instanceId, page, signal)).values())
            items.push(presentResent(instanceId, row));
      } catch (error) {
        signal?.throwIfAborted();
        failures.push({ target: range.brokerName, error: asRocketMQError(error) });
      }
    },
    signal,
  );
  return { items, failures: failuresOf(failures) };
}

export function resendHandlers(deps: Deps) {
  const job = resendJob(deps);
  return {
    // What comes later is no part of what was shown.
    plan: api.resend.plan.handler(({ input, context, signal }) => {
      const { instanceId, from = 0, to = Infinity } = input;
      if (from > to) throw atField("BAD_REQUEST", "to", "range.reversed");
      const asked = { ...input, to: input.to ?? deps.now() };
      return deps.plans.make(resending(deps), { instanceId, user: context.user }, asked, signal);
    }),
    deadLetters: api.resend.deadLetters.handler(async ({ input, context: { user, note } }) => {
      const { instanceId, group, planId } = input;
      let jobId = "";
      const kind = resending(deps, async ({ asked, matching, changes }) => {
        const lines = changes.map(({ topic, blocked: why }) => [topic, why] as const);
        const blocked = lines.flatMap(([topic, why]) => (why === null ? [] : [[topic, why] as const]));
        const topics = namesIn(lines.flatMap(([topic, why]) => (why === null ? [topic] : [])));
        note({ subject: { group, target: asked.target, again: asked.again, topics } });
        const run = { asked, matching, blocked, by: user.username };
        const started = await deps.jobs.start(job, run, { instanceId, user });
        jobId = started.id;
      });
      await deps.plans.apply(kind, { instanceId, planId, subject: group, user });
      return { jobId };
    }),
    known: api.resend.known.handler(({ input, signal }) => knownOf(askedBy(deps, signal), input, signal)),
    fates: api.resend.fates.handler(({ input, signal }) => fatesOf(deps, input, signal)),
    planCopy: api.resend.planCopy.handler(({ input, context, signal }) => {
      const { user } = context;
      return deps.plans.make(copying(deps, user), { instanceId: input.instanceId, user }, input, signal);
    }),
    copy: api.resend.copy.handler(async ({ input, context: { user, note } }): Promise<Copied> => {
      const { instanceId, planId, topic, brokerName, queueId, queueOffset } = input;
      let sent: Pick<Copied, "sent" | "dueAt"> = { sent: null, dueAt: null };
      const kind = copying(deps, user, {
        sending: ({ target, msgId, edited }) =>
          note({
            subject: { topic, brokerName, queueId, queueOffset, target, msgId, edited: namesIn(edited) },
          }),
        sent: (told) => (sent = told),
      });
      const { outcomes } = await deps.plans.apply(kind, { instanceId, planId, subject: subjectOfCopy(input), user });
      return { outcomes, undo: null, ...sent };
    }),
  };
}
