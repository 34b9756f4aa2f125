import DownloadOutlined from "@ant-design/icons/es/icons/DownloadOutlined";
import { useMutation } from "@tanstack/react-query";
import { Button, Dropdown, theme } from "antd";
import { formatTime, zone } from "../lib/format.ts";
import { useLanguage, useT } from "../lib/i18n.ts";
import { saveFile } from "../lib/save-file.ts";
import { fileName } from "./chart-rows.ts";
import { useUnit, type ChartProps, type Series } from "./chart-model.ts";
import { ErrorState } from "./error-state.tsx";

interface ChartSaveProps extends ChartProps {
  shown: Series[];
  disabled: boolean;
}

/** What the chart shows as a file; what makes it is loaded when one is asked for. */
export function ChartSave(props: ChartSaveProps) {
  const t = useT();
  const language = useLanguage();
  const { token } = theme.useToken();
  const write = useUnit(props.unit);
  const { title, unit, shown, from, to } = props;
  const made = {
    png: async () => {
      const { chartPicture } = await import("./chart-picture.ts");
      const words = { language, last: t("chart.last"), max: t("chart.max"), mean: t("chart.mean") };
      return chartPicture(props, { token, write }, words);
    },
    csv: async () => {
      const { chartCsv } = await import("./chart-csv.ts");
      const titleOf = (name: string) => (unit === "number" ? name : `${name} (${t(`chart.unit.${unit}`)})`);
      return new Blob([chartCsv(shown, `${t("chart.time")} (${zone(to)})`, titleOf)], { type: "text/csv" });
    },
  };
  const save = useMutation({
    mutationFn: async (kind: keyof typeof made) =>
      saveFile(await made[kind](), fileName(title, `${formatTime(from)}.${kind}`)),
  });
  const items = (["png", "csv"] as const).map((kind) => ({
    key: kind,
    label: t(`chart.${kind}`),
    onClick: () => save.mutate(kind),
  }));
  return (
    <>
      <Dropdown trigger={["click"]} placement="bottomRight" menu={{ items }} disabled={props.disabled}>
        <Button
          size="small"
          type="text"
          icon={<DownloadOutlined />}
          loading={save.isPending}
          aria-label={t("chart.save")}
          title={t("chart.save")}
          aria-haspopup="menu"
        />
      </Dropdown>
      {save.error ? <ErrorState error={save.error} inline /> : null}
    </>
  );
}
