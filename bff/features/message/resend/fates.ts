import { z } from "zod";
import type { Failure } from "#contract/list.ts";
import type { Consumption, MessageState, MessageTold } from "#contract/message.ts";
import type { ResentFate } from "#contract/resend.ts";
import { askedBy, type Deps } from "../../../api/deps.ts";
import { Problem } from "../../../base/problem.ts";
import { statesOf } from "../message-states.ts";

/** Messages of a job that are looked at; a sample has no more. */
const LOOKED_AT = 100;

const Sent = z.object({
  msgId: z.string(),
  target: z.string(),
  sentTo: z.object({
    brokerName: z.string(),
    queueId: z.number(),
    queueOffset: z.string(),
    offsetMsgId: z.string(),
  }),
});
const Params = z.object({ group: z.string() });

interface SentRow extends z.infer<typeof Sent> {
  n: number;
  code: string | undefined;
}

/** What a job has sent: the first of them, and how many. Throws JOB_NOT_FOUND where it is none of that group. */
async function sentBy(deps: Deps, { instanceId, group, jobId }: { instanceId: string; group: string; jobId: string }) {
  const job = await deps.jobs.get(jobId);
  const ofGroup = Params.safeParse(job.params).data?.group === group;
  if (job.kind !== "resend.deadLetters" || job.instanceId !== instanceId || !ofGroup)
    throw new Problem("JOB_NOT_FOUND");
  const rows: SentRow[] = [];
  for await (const { n, data, state, code } of deps.jobs.results(jobId)) {
    const sent = state === "ok" || state === "failed" ? Sent.safeParse(data).data : undefined;
    if (sent !== undefined) rows.push({ n, code, ...sent });
    if (rows.length >= LOOKED_AT) break;
  }
  return { rows: rows.sort((a, b) => a.n - b.n), sent: Math.max(job.ok, rows.length) };
}

/** What a verdict is to whoever sent a dead letter once more. */
const fates: Readonly<Record<MessageState, ResentFate>> = {
  toConsume: "waiting",
  neverCommitted: "waiting",
  notSubscribed: "waiting",
  pulled: "waiting",
  retry: "retrying",
  consumed: "consumed",
  passed: "passed",
  skipped: "passed",
  filtered: "filtered",
  deadLetter: "deadAgain",
  beyondEnd: "unknown",
  lost: "unknown",
  broadcasting: "unknown",
  unknown: "unknown",
};

/** Passed is only who is known to be neither in retry nor dead again. */
function fateOf(told: Consumption | undefined): ResentFate {
  if (told === undefined) return "unknown";
  const isKnown = told.evidence.some(({ kind }) => kind === "noCopy" || kind === "retryPassed");
  return told.state === "passed" && !isKnown ? "unknown" : fates[told.state];
}

/** What became of the first messages that a job has sent, for the group that had given them up. */
export async function fatesOf(
  deps: Deps,
  place: { instanceId: string; group: string; jobId: string },
  signal?: AbortSignal,
): Promise<{ items: { n: number; msgId: string; fate: ResentFate }[]; sent: number; failures: Failure[]; at: number }> {
  const { instanceId, group } = place;
  const { rows, sent } = await sentBy(deps, place);
  if (rows.length === 0) return { items: [], sent, failures: [], at: deps.now() };
  const messages = rows.map(({ msgId, target, sentTo }): MessageTold => ({ topic: target, msgId, ...sentTo }));
  const { states, failures } = await statesOf(askedBy(deps, signal), { instanceId, group, messages }, signal);
  const items = rows.map(({ n, msgId, code }, index) => {
    return { n, msgId, fate: code === "deadAtOnce" ? ("deadAgain" as const) : fateOf(states[index]) };
  });
  return { items, sent, failures, at: deps.now() };
}
