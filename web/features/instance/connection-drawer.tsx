import { Button, Checkbox } from "antd";
import { useState } from "react";
import type { Instance } from "#contract/instance.ts";
import { EditFrame } from "../../components/resource/edit-frame.tsx";
import { WriteFrame } from "../../components/resource/write-frame.tsx";
import { api, client } from "../../lib/api.ts";
import { useDraft } from "../../lib/draft.ts";
import { useT } from "../../lib/i18n.ts";
import { isSame } from "../../lib/settled.ts";
import { connectionOf, draftFaults, draftOf } from "./connection-draft.ts";
import { ConnectionFields, FurtherFields } from "./connection-fields.tsx";
import { useInstanceWords } from "./instance-plan-words.tsx";
import { ConnectionFound, useReportWarnings } from "./connection-report.tsx";
import { testedPart, useConnectionTest } from "./use-connection-test.ts";

interface ConnectionProps {
  instance: Instance;
  onClose: () => void;
}

/** How the cluster is reached: tested before it is saved. */
export function ConnectionDrawer({ instance, onClose }: ConnectionProps) {
  const t = useT("instance");
  return (
    <EditFrame
      title={t("connection.title", { name: instance.name })}
      query={api.instance.get.queryOptions({ input: { instanceId: instance.id } })}
      onClose={onClose}
    >
      {(read) => <ConnectionForm instance={read} onClose={onClose} />}
    </EditFrame>
  );
}

function ConnectionForm({ instance, onClose }: ConnectionProps) {
  const t = useT("instance");
  const before = draftOf(instance);
  const { draft, change } = useDraft(before);
  const [anyway, setAnyway] = useState(false);
  const test = useConnectionTest(draft, instance.id);
  const changed = !isSame(before, draft);
  const warnings = useReportWarnings(test.current ? test.report : undefined);
  const faults = draftFaults(draft, instance);
  const faulty = Object.keys(faults).length > 0;
  const reachesSame = testedPart(draft) === testedPart(before);
  const tested = reachesSame || (test.current && test.report?.ok === true);
  const failed = !reachesSame && test.current && test.report?.ok === false;
  const words = useInstanceWords();
  const instanceId = instance.id;
  return (
    <WriteFrame
      title={t("connection.title", { name: instance.name })}
      applyText={t("common:save")}
      dirty={changed}
      input={{ instanceId, connection: connectionOf(draft), force: !tested }}
      whole={!faulty && (changed || instance.hasMetricsSecret) && (tested || (failed && anyway))}
      query={(input) => api.instance.planUpdate.queryOptions({ input })}
      words={(plan) => ({ ...words(plan), affected: [t("connection.affected")], warnings })}
      waiting={changed && !faulty && !failed ? t("register.testFirst") : undefined}
      found={
        <ConnectionFound test={test}>
          {failed ? (
            <Checkbox checked={anyway} onChange={(event) => setAnyway(event.target.checked)}>
              {t("connection.anyway")}
            </Checkbox>
          ) : null}
        </ConnectionFound>
      }
      apply={(planId) => client.instance.update({ instanceId, planId })}
      touches={[]}
      onClose={onClose}
    >
      <div className="rd-form-rows">
        <ConnectionFields draft={draft} onChange={change} faults={faults} report={test.report} stored={instance} />
        <div>
          <Button onClick={test.run} loading={test.pending} disabled={faulty}>
            {t("test.run")}
          </Button>
        </div>
        <FurtherFields draft={draft} onChange={change} faults={faults} stored={instance} />
      </div>
    </WriteFrame>
  );
}
