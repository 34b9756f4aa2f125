import ReloadOutlined from "@ant-design/icons/es/icons/ReloadOutlined";
import { Button, Select } from "antd";
import { useT } from "../lib/i18n.ts";
import { Time } from "./time.tsx";
import "./refresh-control.css";

interface RefreshControlProps {
  /** When what is shown was read. */
  at: number | undefined;
  everySeconds: number | undefined;
  refreshing: boolean;
  onRefresh: () => void;
  /** Without it there is no choice of auto-refresh. */
  onEvery?: (seconds: number | undefined) => void;
}

const choices = [5, 10, 30, 60];

/** "Updated 12 s ago", the refresh button, and how often to do it alone. */
export function RefreshControl({ at, everySeconds, refreshing, onRefresh, onEvery }: RefreshControlProps) {
  const t = useT();
  return (
    <span className="rd-refresh">
      {at === undefined ? null : (
        <span className="rd-quiet">
          {t("refresh.updated")} <Time at={at} relative />
        </span>
      )}
      <Button
        size="small"
        icon={<ReloadOutlined spin={refreshing} />}
        onClick={onRefresh}
        aria-label={t("refresh.now")}
        title={t("refresh.now")}
      />
      {onEvery ? (
        <Select
          size="small"
          aria-label={t("refresh.auto")}
          popupMatchSelectWidth={false}
          value={everySeconds ?? 0}
          onChange={(seconds: number) => onEvery(seconds || undefined)}
          options={[
            { value: 0, label: t("refresh.off") },
            ...choices.map((seconds) => ({ value: seconds, label: t("refresh.every", { seconds }) })),
          ]}
        />
      ) : null}
    </span>
  );
}
