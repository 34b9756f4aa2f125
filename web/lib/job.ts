import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { Job } from "#contract/job.ts";
import { api, client } from "./api.ts";
import { useT } from "./i18n.ts";
import { isProblemCode, problemOf } from "./problem.ts";

export const hasEnded = ({ state }: Pick<Job, "state">): boolean => state !== "queued" && state !== "running";

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
      const count = /^\d+$/.test(detail ?? "") ? Number(detail) : undefined;
      const values = { address: "", remark: detail ?? "", responseCode: "", count };
      const fallback = isProblemCode(code) ? t(`problem:${code}.what`, values) : code;
      return t(`${ns}:${key}.code.${code}`, { ...values, defaultValue: fallback });
    },
  };
}

export interface WatchedJob {
  job: Job | undefined;
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

async function follow(jobId: string, signal: AbortSignal, onJob: (job: Job) => void): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    try {
      for await (const { job } of await client.job.watch({ jobId }, { signal })) {
        failures = 0;
        onJob(job);
        if (hasEnded(job)) return;
      }
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
  error?: unknown;
}

/** Watches the figures of a job until it has ended; its rows are asked for a page at a time. */
export function useJob(jobId: string): WatchedJob {
  const queryClient = useQueryClient();
  const [watch, setWatch] = useState<Watch>({ jobId });
  useEffect(() => {
    const stop = new AbortController();
    follow(jobId, stop.signal, (job) => {
      setWatch({ jobId, job });
      if (hasEnded(job)) void queryClient.invalidateQueries({ queryKey: api.job.key() });
    }).catch((error: unknown) => setWatch({ jobId, error }));
    return () => stop.abort();
  }, [jobId, queryClient]);
  const current = watch.jobId === jobId ? watch : undefined;
  return { job: current?.job, error: current?.error };
}
