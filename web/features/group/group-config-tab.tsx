import { useQuery } from "@tanstack/react-query";
import { lineByLine } from "../../components/resource/config-lines.ts";
import { ConfigTab } from "../../components/resource/config-tab.tsx";
import { api } from "../../lib/api.ts";
import type { TabProps } from "./group-progress-tab.tsx";

export function GroupConfigTab({ instanceId, group }: TabProps) {
  const input = { instanceId, group };
  return <ConfigTab resource="group" query={useQuery(api.group.config.queryOptions({ input, select: lineByLine }))} />;
}
