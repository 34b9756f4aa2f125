import { useQuery } from "@tanstack/react-query";
import { InputNumber } from "antd";
import { useState } from "react";
import type { Instance, RetentionPlan } from "#contract/instance.ts";
import { RETENTION_MAX_HOURS, RETENTION_MIN_HOURS } from "#contract/rules/limits.ts";
import { ErrorState } from "../../components/error-state.tsx";
import { Field } from "../../components/field.tsx";
import { WriteFrame } from "../../components/resource/write-frame.tsx";
import type { WritePlan } from "../../components/write-plan.tsx";
import { api, client } from "../../lib/api.ts";
import { useT } from "../../lib/i18n.ts";

/** How long every broker keeps messages. */
export function RetentionDrawer({ instance, onClose }: { instance: Instance; onClose: () => void }) {
  const t = useT("instance");
  const storage = useQuery(api.instance.storage.queryOptions({ input: { instanceId: instance.id } }));
  const [typed, setTyped] = useState<number | null>();
  const brokers = storage.data?.brokers ?? [];
  const hours = typed === undefined ? (brokers[0]?.retentionHours ?? null) : typed;
  const valid = hours !== null && hours >= RETENTION_MIN_HOURS && hours <= RETENTION_MAX_HOURS;
  const changing = brokers.filter((broker) => broker.retentionHours !== hours);
  const inHours = (value: number | null) => (value === null ? "–" : t("retention.hours", { hours: value }));
  const instanceId = instance.id;
  const lines = (plan: RetentionPlan): WritePlan => {
    const written = plan.changes.filter(({ change }) => change !== "none");
    return {
      changes: written.map(({ brokerName, before, after }) => ({
        label: brokerName,
        before: inHours(before),
        after: inHours(after),
      })),
      brokers: written.map(({ brokerName, addr }) => `${brokerName} ${addr}`),
      warnings: plan.warnings.map(({ key, params }) => t(`retention.${key}`, params)),
      command: plan.commands.length === 0 ? undefined : plan.commands.join("\n"),
    };
  };
  return (
    <WriteFrame
      title={t("retention.title", { name: instance.name })}
      applyText={t("retention.apply")}
      confirmName={({ warnings }) => (warnings.some(({ key }) => key === "shorter") ? instance.name : undefined)}
      dirty={typed !== undefined}
      narrow
      input={{ instanceId, hours: hours ?? 0 }}
      whole={valid && changing.length > 0}
      query={(input) => api.instance.planRetention.queryOptions({ input })}
      words={lines}
      apply={(planId) => client.instance.setRetention({ instanceId, planId })}
      undoing={(undo) => api.instance.planRetentionUndo.queryOptions({ input: { instanceId, undo } })}
      touches={api.instance.storage.key()}
      onClose={onClose}
    >
      {storage.error ? <ErrorState error={storage.error} onRetry={() => void storage.refetch()} inline /> : null}
      <Field
        label={t("retention.field")}
        hint={t("retention.hint")}
        fault={
          hours !== null && !valid
            ? t("retention.range", { min: RETENTION_MIN_HOURS, max: RETENTION_MAX_HOURS })
            : undefined
        }
      >
        {(control) => (
          <InputNumber
            {...control}
            value={hours}
            min={1}
            precision={0}
            onChange={setTyped}
            style={{ width: 160 }}
            autoFocus
          />
        )}
      </Field>
    </WriteFrame>
  );
}
