import { useQueryClient } from "@tanstack/react-query";
import { Button, Checkbox } from "antd";
import { useState } from "react";
import type { Instance } from "#contract/instance.ts";
import { ErrorState } from "../../components/error-state.tsx";
import { WriteDrawer } from "../../components/write-drawer.tsx";
import type { PlanChange } from "../../components/write-plan.tsx";
import { client } from "../../lib/api.ts";
import { useT } from "../../lib/i18n.ts";
import { connectionOf, draftFaults, draftOf, type ConnectionDraft } from "./connection-draft.ts";
import { ConnectionFields, FurtherFields } from "./connection-fields.tsx";
import { ConnectionReportView, useReportWarnings } from "./connection-report.tsx";
import { testedPart, useConnectionTest } from "./use-connection-test.ts";

function useChanges(before: ConnectionDraft, after: ConnectionDraft): PlanChange[] {
  const t = useT("instance");
  const shown = (key: keyof ConnectionDraft, value: string | boolean) => {
    if (typeof value === "boolean") return t(value ? "common:yes" : "common:no");
    if (key === "secretKey") return value === "" ? t("hint.unchanged") : "••••";
    return value.replaceAll("\n", " ");
  };
  const keys = Object.keys(after) as (keyof ConnectionDraft)[];
  return keys
    .filter((key) => before[key] !== after[key])
    .map((key) => ({
      label: t(`field.${key}`),
      before: shown(key, before[key]) || undefined,
      after: shown(key, after[key]) || undefined,
    }));
}

/** How the cluster is reached: tested before it is saved. */
export function ConnectionDrawer({ instance, onClose }: { instance: Instance; onClose: () => void }) {
  const t = useT("instance");
  const queryClient = useQueryClient();
  const [before] = useState(() => draftOf(instance));
  const [draft, setDraft] = useState(before);
  const [anyway, setAnyway] = useState(false);
  const test = useConnectionTest(draft, instance.id);
  const changes = useChanges(before, draft);
  const warnings = useReportWarnings(test.current ? test.report : undefined);
  const faults = draftFaults(draft, instance);
  const faulty = Object.keys(faults).length > 0;
  const reachesSame = testedPart(draft) === testedPart(before);
  const tested = reachesSame || (test.current && test.report?.ok === true);
  const failed = !reachesSame && test.current && test.report?.ok === false;
  const save = async (): Promise<void> => {
    await client.instance.update({ instanceId: instance.id, connection: connectionOf(draft), force: !tested });
    await queryClient.invalidateQueries();
  };
  return (
    <WriteDrawer
      open
      title={t("connection.title", { name: instance.name })}
      applyText={t("common:save")}
      dirty={changes.length > 0}
      ready={!faulty && changes.length > 0 && (tested || (failed && anyway))}
      plan={{
        changes,
        blocked: changes.length === 0 || tested || (failed && anyway) ? undefined : t("register.testFirst"),
        affected: [t("connection.affected")],
        warnings,
      }}
      onApply={save}
      onClose={onClose}
    >
      <div className="rd-form-rows">
        <ConnectionFields draft={draft} onChange={setDraft} faults={faults} report={test.report} stored={instance} />
        <div>
          <Button onClick={test.run} loading={test.pending} disabled={faulty}>
            {t("test.run")}
          </Button>
        </div>
        {test.error ? <ErrorState error={test.error} inline /> : null}
        {test.report && test.current ? <ConnectionReportView report={test.report} /> : null}
        {failed ? (
          <Checkbox checked={anyway} onChange={(event) => setAnyway(event.target.checked)}>
            {t("connection.anyway")}
          </Checkbox>
        ) : null}
        <FurtherFields draft={draft} onChange={setDraft} faults={faults} />
      </div>
    </WriteDrawer>
  );
}
