import type { Job, JobRow } from "#contract/job.ts";
import { visible } from "../lib/visible.ts";
import { Cut } from "./cut.tsx";
import { GroupLink, TopicLink } from "./links.tsx";

/** What the rows of a kind of job are about. */
const subjects: Record<string, "topic" | "group"> = {
  "topic.delete": "topic",
  "csvImport.topic": "topic",
  "csvImport.group": "group",
};

export const subjectOf = ({ kind }: Pick<Job, "kind">): "topic" | "group" | undefined => subjects[kind];

/** Whether the cluster has what the row names, so far as the row tells. */
function isThere({ kind }: Job, { state, code }: JobRow): boolean {
  if (kind === "topic.delete") return state === "failed";
  return state === "ok" || code === "exists" || code === "differs";
}

/** What a row is about, leading to it where it is. */
export function JobRowKey({ job, row }: { job: Job; row: JobRow }) {
  const { instanceId } = job;
  const subject = subjectOf(job);
  if (instanceId === null || !isThere(job, row) || subject === undefined)
    return (
      <span className="rd-mono">
        <Cut text={visible(row.key)} />
      </span>
    );
  return subject === "topic" ? (
    <TopicLink instanceId={instanceId} topic={row.key} />
  ) : (
    <GroupLink instanceId={instanceId} group={row.key} />
  );
}
