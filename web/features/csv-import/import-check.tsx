import { useMutation } from "@tanstack/react-query";
import { Button, Segmented } from "antd";
import { useState } from "react";
import type { ImportCheck, ImportRow, ImportRowState } from "#contract/csv-import.ts";
import { DataTable } from "../../components/data-table.tsx";
import { ErrorState } from "../../components/error-state.tsx";
import type { Column } from "../../components/grid-table.tsx";
import { KeyFacts } from "../../components/key-facts.tsx";
import { PartialStrip } from "../../components/partial-strip.tsx";
import { StateTag, type Tone } from "../../components/state-tag.tsx";
import { useFormat } from "../../lib/format.ts";
import { useT } from "../../lib/i18n.ts";
import { useListQuery } from "../../lib/list-query.ts";
import { listInput, type Patch } from "../../lib/search.ts";
import { importOf, type Imported } from "./import-api.ts";
import { Brokers, Placement } from "./import-place.tsx";
import { ImportReason, isOrderAlone } from "./import-reason.tsx";
import { importRowStates, type ImportSearch } from "./import-search.ts";
import { visible } from "../../lib/visible.ts";

interface CheckProps {
  instanceId: string;
  what: Imported;
  check: ImportCheck;
  search: ImportSearch;
  patch: Patch<ImportSearch>;
}

/** Where rows go; without brokers as the file says. */
interface Where {
  brokers: string[] | undefined;
}

interface ImportCheckViewProps extends CheckProps {
  onRechecked: (check: ImportCheck) => void;
  starting: boolean;
  startError: Error | null;
  onStart: () => void;
}

/** The dry run: what each row would do, where, and the button that does it. */
export function ImportCheckView(props: ImportCheckViewProps) {
  const { instanceId, what, check, search, patch, onRechecked, starting, startError, onStart } = props;
  const t = useT("csv-import");
  const format = useFormat();
  const { rows, calls } = importOf[what];
  // By its key a recheck ends with the check it was asked over: what is shown next does not give way to it.
  const recheck = useMutation({
    mutationKey: [what, "recheck", check.id],
    mutationFn: ({ brokers }: Where) => calls.recheck({ instanceId, checkId: check.id, brokers }),
  });
  const [over, setOver] = useState(check.id);
  const [wanted, setWanted] = useState<Where>();
  const where = wanted ?? { brokers: check.placement === "file" ? undefined : check.brokers };
  if (over !== check.id) {
    setOver(check.id);
    setWanted(undefined);
  }
  const again = (to: Where) => {
    setWanted(to);
    // Of several in a row only the last one tells.
    recheck.mutate(to, { onSuccess: onRechecked, onError: () => setWanted(undefined) });
  };
  const input = { instanceId, checkId: check.id, ...listInput(search), state: search.state };
  const list = useListQuery(rows.rows, input);
  const { create } = check.counts;
  return (
    <>
      <section className="rd-card rd-import-summary" aria-label={t("summary")}>
        <KeyFacts
          facts={[
            { label: t("fileName"), value: check.fileName },
            { label: t("encoding"), value: check.encoding },
            { label: t("rowCount"), value: format.number(check.total) },
          ]}
        />
        {check.placement === null ? null : (
          <Placement
            asFile={where.brokers === undefined}
            fixed={starting}
            onChoose={(asFile) => again({ brokers: asFile ? undefined : check.brokers })}
          />
        )}
        {where.brokers === undefined ? null : (
          <Brokers
            instanceId={instanceId}
            chosen={where.brokers}
            fixed={starting}
            onChoose={(brokers) => again({ brokers })}
          />
        )}
        {check.ignoredColumns.length > 0 ? (
          <p className="rd-quiet">{t("ignored", { columns: check.ignoredColumns.join(", ") })}</p>
        ) : null}
        {recheck.error ? <ErrorState error={recheck.error} inline /> : null}
        {startError ? <ErrorState error={startError} inline /> : null}
        <div className="rd-import-start">
          <Button
            type="primary"
            disabled={create === 0 || wanted !== undefined}
            loading={starting}
            onClick={check.jobId === null ? onStart : () => patch({ job: check.jobId ?? undefined })}
          >
            {check.jobId === null ? t(`${what}.start`, { count: create, n: format.number(create) }) : t("started")}
          </Button>
          <span className="rd-quiet">{create === 0 ? t("nothingNew") : t(`${what}.startNote`)}</span>
        </div>
      </section>
      <div className="rd-import-rows">
        <PartialStrip failures={check.failures} onRetry={() => again(where)} />
        <Counts check={check} state={search.state} onState={(state) => patch({ state, page: undefined })} />
        <DataTable
          id={`${what}-import`}
          label={t("rows")}
          list={list}
          rowKey={(row) => String(row.n)}
          columns={useColumns(check)}
          search={search}
          onSearch={patch}
          searchFor={importOf[what].columns[0]}
          refreshable={false}
          empty={{ title: t("noRows") }}
        />
      </div>
    </>
  );
}

interface CountsProps {
  check: ImportCheck;
  state: ImportRowState | undefined;
  onState: (state: ImportRowState | undefined) => void;
}

function Counts({ check, state, onState }: CountsProps) {
  const t = useT("csv-import");
  const format = useFormat();
  const label = (word: string, count: number) => (
    <span>
      {word} <span className="rd-num">{format.number(count)}</span>
    </span>
  );
  return (
    <Segmented<ImportRowState | "all">
      className="rd-import-counts"
      size="small"
      aria-label={t("state")}
      value={state ?? "all"}
      onChange={(value) => onState(value === "all" ? undefined : value)}
      options={[
        { value: "all", label: label(t("all"), check.total) },
        ...importRowStates.map((value) => ({
          value,
          label: label(t(`rowState.${value}`), check.counts[value]),
          disabled: check.counts[value] === 0 && state !== value,
        })),
      ]}
    />
  );
}

const tones: Record<ImportRowState, Tone> = { create: "good", exists: "off", differs: "warn", invalid: "bad" };

function useColumns(check: ImportCheck): Column<ImportRow>[] {
  const t = useT("csv-import");
  const [name = "", ...others] = check.columns;
  return [
    {
      key: "line",
      title: t("column.line"),
      align: "right",
      width: 72,
      render: ({ line }) => <span className="rd-num rd-quiet">{line}</span>,
    },
    {
      key: name,
      title: name,
      render: (row) => <span className="rd-mono rd-wrap rd-import-name">{visible(row.name)}</span>,
    },
    {
      key: "state",
      title: t("state"),
      render: (row) => {
        const word = isOrderAlone(row) ? "order" : row.state;
        return (
          <StateTag tone={tones[row.state]} title={t(`rowStateText.${word}`)}>
            {t(`rowState.${word}`)}
          </StateTag>
        );
      },
    },
    { key: "reason", title: t("reason"), render: (row) => <ImportReason row={row} brokers={check.brokers} /> },
    ...others.map((column) => ({
      key: column,
      title: column,
      render: ({ values }: ImportRow) => (
        <span className="rd-mono rd-import-cell" title={values[column]}>
          {visible((column === "BrokerName" ? values[column]?.replaceAll(";", ", ") : values[column]) ?? "")}
        </span>
      ),
    })),
  ];
}
