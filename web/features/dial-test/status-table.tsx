import { StateTag } from "../../components/state-tag.tsx";
import { useT } from "../../lib/i18n.ts";
import { statuses, toneOf, useStatusWords, type TestKind } from "./status-words.ts";

/** Every status of a kind of test with its meaning and its remedy. */
export function StatusTable({ kind }: { kind: TestKind }) {
  const t = useT("dial-test");
  const words = useStatusWords(kind);
  return (
    <table className="rd-dial-statuses" aria-label={t(`statusesOf.${kind}`)}>
      <thead>
        <tr>
          <th scope="col">{t("statusHead")}</th>
          <th scope="col">{t("meaning")}</th>
          <th scope="col">{t("remedy")}</th>
        </tr>
      </thead>
      <tbody>
        {statuses[kind].map((code) => {
          const { meaning, remedy, alias } = words(code);
          return (
            <tr key={code}>
              <th scope="row">
                <StateTag tone={toneOf(code)}>
                  <span className="rd-mono">{code}</span>
                </StateTag>
                {alias === undefined ? null : <span className="rd-dial-alias rd-quiet">{alias}</span>}
              </th>
              <td>{meaning}</td>
              <td>{remedy}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

export function StatusesTab() {
  const t = useT("dial-test");
  return (
    <>
      {(["produce", "consume", "roundTrip"] as const).map((kind) => (
        <section key={kind} className="rd-card">
          <h2>{t(`statusesOf.${kind}`)}</h2>
          <p className="rd-dial-about">{t(`statusesText.${kind}`)}</p>
          <StatusTable kind={kind} />
        </section>
      ))}
    </>
  );
}
