import type { InstanceState } from "#contract/instance.ts";
import { useT } from "../lib/i18n.ts";
import { StateTag, type Tone } from "./state-tag.tsx";

export const instanceTones: Record<InstanceState, Tone> = {
  running: "good",
  abnormal: "warn",
  unreachable: "bad",
  unknown: "unknown",
  recycled: "off",
};

export function InstanceStateTag({ state, title }: { state: InstanceState; title?: string }) {
  const t = useT();
  return (
    <StateTag tone={instanceTones[state]} title={title}>
      {t(`instanceState.${state}`)}
    </StateTag>
  );
}
