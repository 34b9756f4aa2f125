import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import type { Job, JobEvent, JobRow } from "#contract/job.ts";
import { api, client } from "./api.ts";
import { useT } from "./i18n.ts";
import { isProblemCode, problemOf } from "./problem.ts";

const endStates = new Set<Job["state"]>(["succeeded", "partial", "failed", "cancelled", "interrupted"]);
export const hasEnded = (job: Pick<Job, "state">): boolean => endStates.has(job.state);

const kebab = (word: string): string => word.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** The namespace of a kind's texts: `dialTest.produce` is `job.produce` in `dial-test.json`. */
function jobTexts(kind: string): { ns: string; key: string } {
  const [domain = "job", ...rest] = kind.split(".");
  return { ns: kebab(domain), key: `job.${rest.join(".")}` };
}

/** Title of a job and words for its rows, from the namespace of the job's kind: `job.<verb>.title`, `job.<verb>.code.<code>`. */
export function useJobWords(kinds: string[]) {
  const spaces = [...new Set(kinds.map((kind) => jobTexts(kind).ns))].sort();
  const t = useT(["job", "problem", ...spaces]);
  return {
    title: (job: Pick<Job, "kind" | "params">): string => {
      const { ns, key } = jobTexts(job.kind);
      return t(`${ns}:${key}.title`, { ...job.params, defaultValue: job.kind });
    },
    code: (kind: string, code: string | undefined, detail?: string): string => {
      if (code === undefined) return detail ?? "";
      const { ns, key } = jobTexts(kind);
      const values = { address: "", remark: detail ?? "", responseCode: "" };
      const fallback = isProblemCode(code) ? t(`problem:${code}.what`, values) : code;
      return t(`${ns}:${key}.code.${code}`, { ...values, defaultValue: fallback });
    },
  };
}

export interface WatchedJob {
  job: Job | undefined;
  /** Rows so far, in order. */
  rows: JobRow[];
  /** Rows that have changed are still on their way. */
  more: boolean;
  /** Set when the job cannot be read at all; a broken stream is taken up again by itself. */
  error: unknown;
}

const wait = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });

/** The row after which anything may still change: where a broken stream is taken up again. */
function settledUpTo(rows: Map<number, JobRow>): number {
  let n = 0;
  for (;;) {
    const row = rows.get(n + 1);
    if (!row || row.state === "running") return n;
    n += 1;
  }
}

interface Watcher {
  signal: AbortSignal;
  rows: Map<number, JobRow>;
  onEvent: (event: JobEvent) => void;
}

async function follow(jobId: string, { signal, rows, onEvent }: Watcher): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    try {
      const events = await client.job.watch({ jobId, after: settledUpTo(rows) }, { signal });
      let ended = false;
      for await (const event of events) {
        failures = 0;
        for (const row of event.rows) rows.set(row.n, row);
        onEvent(event);
        ended = hasEnded(event.job) && !event.more;
      }
      if (ended) return;
    } catch (error) {
      if (signal.aborted) return;
      const { code } = problemOf(error);
      if (code === "JOB_NOT_FOUND" || code === "UNAUTHORIZED" || code === "FORBIDDEN") throw error;
    }
    failures += 1;
    await wait(Math.min(10_000, 250 * 2 ** failures), signal);
  }
}

interface Watch {
  jobId: string;
  job?: Job;
  rows: ReadonlyMap<number, JobRow>;
  more: boolean;
  error?: unknown;
}

const nothingYet: ReadonlyMap<number, JobRow> = new Map();

/** Watches a job until it has ended: its figures and its rows as they settle. */
export function useJob(jobId: string): WatchedJob {
  const queryClient = useQueryClient();
  const [watch, setWatch] = useState<Watch>({ jobId, rows: nothingYet, more: false });
  useEffect(() => {
    const stop = new AbortController();
    const known = new Map<number, JobRow>();
    follow(jobId, {
      signal: stop.signal,
      rows: known,
      onEvent: ({ job, rows, more }) => {
        setWatch((before) => ({
          jobId,
          job,
          rows: rows.length > 0 || before.jobId !== jobId ? new Map(known) : before.rows,
          more,
        }));
        if (hasEnded(job) && !more) void queryClient.invalidateQueries({ queryKey: api.job.key() });
      },
    }).catch((error: unknown) => setWatch({ jobId, rows: nothingYet, more: false, error }));
    return () => stop.abort();
  }, [jobId, queryClient]);
  const current = watch.jobId === jobId ? watch : undefined;
  const rows = current?.rows ?? nothingYet;
  const ordered = useMemo(() => [...rows.values()].sort((a, b) => a.n - b.n), [rows]);
  return { job: current?.job, rows: ordered, more: current?.more ?? false, error: current?.error };
}
