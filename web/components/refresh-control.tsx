import ReloadOutlined from "@ant-design/icons/es/icons/ReloadOutlined";
import { Button, Select } from "antd";
import { useEffect, useRef } from "react";
import { useT } from "../lib/i18n.ts";
import { keep, kept } from "../lib/store.ts";
import { Time } from "./time.tsx";
import "./refresh-control.css";

/** As the URL has it: undefined where it says nothing, 0 where it says never. It is no step of looking, which Back would undo. */
export type OnEvery = (seconds: number | undefined, options: { replace: true }) => void;

interface RefreshControlProps {
  /** When what is shown was read; undefined where the page says so elsewhere. */
  at: number | undefined;
  everySeconds: number | undefined;
  /** How often this page does it where nothing was chosen. */
  usualSeconds?: number;
  refreshing: boolean;
  onRefresh: () => void;
  /** Without it there is no choice of auto-refresh. */
  onEvery?: OnEvery;
}

const choices = [5, 10, 30, 60];
const KEY = "refresh";

/** What was last chosen on any page is put into the URL of one that says nothing of it. */
function useKeptEvery(everySeconds: number | undefined, onEvery: OnEvery | undefined): void {
  const put = useRef(onEvery);
  useEffect(() => {
    put.current = onEvery;
  });
  useEffect(() => {
    const chosen = choices.find((seconds) => String(seconds) === kept(KEY));
    if (everySeconds === undefined && chosen !== undefined) put.current?.(chosen, { replace: true });
  }, [everySeconds]);
}

/** "Updated 12 s ago", the refresh button, and how often to do it alone. */
export function RefreshControl({
  at,
  everySeconds,
  usualSeconds,
  refreshing,
  onRefresh,
  onEvery,
}: RefreshControlProps) {
  const t = useT();
  useKeptEvery(everySeconds, onEvery);
  const choose = (seconds: number): void => {
    keep(KEY, String(seconds));
    onEvery?.(seconds === 0 && usualSeconds === undefined ? undefined : seconds, { replace: true });
  };
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
          value={everySeconds ?? usualSeconds ?? 0}
          onChange={choose}
          options={[0, ...choices].map((seconds) => ({
            value: seconds,
            label: seconds === 0 ? t("refresh.off") : t("refresh.every", { seconds }),
          }))}
        />
      ) : null}
    </span>
  );
}
