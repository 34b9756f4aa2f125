import { randomUUID } from "node:crypto";
import { hostname } from "node:os";

/** Columns of a job that say who runs it. */
export interface JobOwner {
  owner: string;
  leaseUntil: number;
}

/** A process that was not heard of for so long does not run its jobs any more. */
const LEASE_MS = 60_000;
export const RENEW_MS = LEASE_MS / 4;

interface Process {
  pid: number;
  /** Tells it from an earlier or later one with the same id. */
  id: string;
  host: string;
}

const self: Process = { pid: process.pid, id: randomUUID(), host: hostname() };

const nameOf = ({ pid, id, host }: Process): string => `${pid}/${id}/${host}`;

function processOf(owner: string): Process | undefined {
  const [, pid, id = "", host = ""] = /^(\d+)\/([^/]+)\/(.*)$/s.exec(owner) ?? [];
  return pid === undefined ? undefined : { pid: Number(pid), id, host };
}

/** This process as the owner of a job, for some while from now on. */
export const ownerFrom = (now: number): JobOwner => ({ owner: nameOf(self), leaseUntil: now + LEASE_MS });

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It may be somebody else's.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/** Whether the owner of a job is known to be dead, or its lease ran out. */
export function isAbandoned(
  { owner, leaseUntil }: { [K in keyof JobOwner]: JobOwner[K] | null },
  now: number,
): boolean {
  const by = owner === null ? undefined : processOf(owner);
  if (by === undefined || leaseUntil === null || leaseUntil < now) return true;
  if (by.host !== self.host) return false;
  return by.pid === self.pid ? by.id !== self.id : !lives(by.pid);
}
