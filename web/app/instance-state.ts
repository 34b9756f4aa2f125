import type { InstanceState } from "#contract/instance.ts";
import type { Tone } from "../components/state-tag.tsx";

export const instanceTones: Record<InstanceState, Tone> = {
  running: "good",
  abnormal: "warn",
  unreachable: "bad",
  unknown: "unknown",
  recycled: "off",
};
