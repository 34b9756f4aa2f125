import { useQuery } from "@tanstack/react-query";
import { Checkbox, Segmented } from "antd";
import { api } from "../../lib/api.ts";
import { useT } from "../../lib/i18n.ts";
import { Name } from "../../components/name.tsx";

interface PlacementProps {
  asFile: boolean;
  fixed: boolean;
  onChoose: (asFile: boolean) => void;
}

/** Whether rows go where the file says. */
export function Placement({ asFile, fixed, onChoose }: PlacementProps) {
  const t = useT("csv-import");
  return (
    <div className="rd-import-brokers">
      <span className="rd-quiet">{t("placement.label")}</span>
      <Segmented<"file" | "chosen">
        size="small"
        aria-label={t("placement.label")}
        value={asFile ? "file" : "chosen"}
        disabled={fixed}
        onChange={(value) => onChoose(value === "file")}
        options={[
          { value: "file", label: t("placement.file") },
          { value: "chosen", label: t("placement.chosen") },
        ]}
      />
      {asFile ? <span className="rd-quiet">{t("placement.fileNote")}</span> : null}
    </div>
  );
}

interface BrokersProps {
  instanceId: string;
  chosen: string[];
  /** While they are written to. */
  fixed: boolean;
  onChoose: (brokers: string[]) => void;
}

export function Brokers({ instanceId, chosen, fixed, onChoose }: BrokersProps) {
  const t = useT("csv-import");
  const options = useQuery(api.topic.options.queryOptions({ input: { instanceId }, staleTime: 60_000 }));
  const names = [...new Set([...(options.data?.brokers ?? []).map((broker) => broker.brokerName), ...chosen])].sort();
  return (
    <div className="rd-import-brokers" role="group" aria-label={t("brokers")}>
      <span className="rd-quiet">{t("brokers")}</span>
      {names.map((name) => (
        <Checkbox
          key={name}
          checked={chosen.includes(name)}
          disabled={fixed || (chosen.length === 1 && chosen[0] === name)}
          onChange={(event) =>
            onChoose(event.target.checked ? [...chosen, name] : chosen.filter((other) => other !== name))
          }
        >
          <Name value={name} />
        </Checkbox>
      ))}
    </div>
  );
}
