import type { RetryPolicy } from "#contract/group.ts";
import { RETRY_DELAY_MAX, RETRY_DELAYS_MAX, RETRY_MULTIPLIER_MAX } from "#contract/rules/group.ts";

const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
type Unit = keyof typeof units;

const isUnit = (text: string): text is Unit => Object.hasOwn(units, text);

/** `1s 5s 2m` as milliseconds; undefined where something is no delay. A bare number counts seconds. */
export function parseDelays(text: string): number[] | undefined {
  const words = text.split(/[\s,，]+/).filter((word) => word !== "");
  const delays = words.map((word) => {
    const [, amount, unit = "s"] = /^(\d+)([a-z]*)$/.exec(word.toLowerCase()) ?? [];
    const known = unit === "" ? "s" : unit;
    return amount === undefined || !isUnit(known) ? 0 : Number(amount) * units[known];
  });
  const valid =
    delays.length > 0 && delays.length <= RETRY_DELAYS_MAX && delays.every((ms) => ms >= 1 && ms <= RETRY_DELAY_MAX);
  return valid ? delays : undefined;
}

/** The shortest way to write a delay exactly. */
export function formatDelay(ms: number): string {
  for (const unit of ["d", "h", "m", "s"] as const) {
    if (ms >= units[unit] && ms % units[unit] === 0) return `${ms / units[unit]}${unit}`;
  }
  return `${ms}ms`;
}

export const formatDelays = (delays: readonly number[]): string => delays.map(formatDelay).join(" ");

/** A policy as fields of a form. */
export interface PolicyDraft {
  type: RetryPolicy["type"];
  delays: string;
  initial: string;
  max: string;
  multiplier: number | null;
}

export const defaultPolicyDraft: PolicyDraft = {
  type: "default",
  delays: "1s 5s 10s 30s 1m 5m 10m 30m 1h",
  initial: "5s",
  max: "2h",
  multiplier: 2,
};

export function draftOfPolicy(policy: RetryPolicy): PolicyDraft {
  const draft = { ...defaultPolicyDraft, type: policy.type };
  if (policy.type === "custom") return { ...draft, delays: formatDelays(policy.delays) };
  if (policy.type === "exponential") {
    const { initial, max, multiplier } = policy;
    return { ...draft, initial: formatDelay(initial), max: formatDelay(max), multiplier };
  }
  return draft;
}

const oneDelay = (text: string) => {
  const delays = parseDelays(text);
  return delays?.length === 1 ? delays[0] : undefined;
};

/** Brokers keep whole ones only. */
export const isMultiplier = (value: number | null): value is number =>
  value !== null && Number.isInteger(value) && value >= 1 && value <= RETRY_MULTIPLIER_MAX;

/** The policy that was typed; undefined while it is none. */
export function policyOf(draft: PolicyDraft): RetryPolicy | undefined {
  switch (draft.type) {
    case "default":
      return { type: "default" };
    case "custom": {
      const delays = parseDelays(draft.delays);
      return delays && { type: "custom", delays };
    }
    case "exponential": {
      const [initial, max] = [oneDelay(draft.initial), oneDelay(draft.max)];
      const { multiplier } = draft;
      if (initial === undefined || max === undefined || max < initial) return undefined;
      if (!isMultiplier(multiplier)) return undefined;
      return { type: "exponential", initial, max, multiplier };
    }
  }
}
