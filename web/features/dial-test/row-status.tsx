import { Popover } from "antd";
import type { JobRow } from "#contract/job.ts";
import { JobRowTag } from "../../components/job-state.tsx";
import { StateTag } from "../../components/state-tag.tsx";
import { useT } from "../../lib/i18n.ts";
import { toneOf, useStatusWords, type TestKind } from "./status-words.ts";

/** The status of a row; on a click what it means, what to do, and what the broker said. */
export function RowStatus({ row, kind }: { row: JobRow; kind: TestKind }) {
  const { code } = row;
  if (code === undefined) return <JobRowTag state={row.state} />;
  return (
    <Popover trigger="click" placement="bottomLeft" arrow={false} content={<Words kind={kind} code={code} row={row} />}>
      <button type="button" className="rd-dial-status" aria-label={code}>
        <StateTag tone={toneOf(code)}>
          <span className="rd-mono">{code}</span>
        </StateTag>
      </button>
    </Popover>
  );
}

function Words({ kind, code, row }: { kind: TestKind; code: string; row: JobRow }) {
  const t = useT("dial-test");
  const { meaning, remedy } = useStatusWords(kind)(code);
  return (
    <dl className="rd-dial-words">
      <dt>{t("meaning")}</dt>
      <dd>{meaning}</dd>
      <dt>{t("remedy")}</dt>
      <dd>{remedy}</dd>
      {row.detail === undefined ? null : (
        <>
          <dt>{t("brokerSaid")}</dt>
          <dd className="rd-mono rd-wrap">{row.detail}</dd>
        </>
      )}
    </dl>
  );
}
