import { useQuery, useQueryClient } from "@tanstack/react-query";
import { InputNumber } from "antd";
import { useState } from "react";
import type { BrokerStorage, Instance } from "#contract/instance.ts";
import { RETENTION_MAX_HOURS, RETENTION_MIN_HOURS, RETENTION_WARN_HOURS } from "#contract/rules/limits.ts";
import { ErrorState } from "../../components/error-state.tsx";
import { Field } from "../../components/field.tsx";
import { WriteDrawer } from "../../components/write-drawer.tsx";
import type { WriteOutcome } from "../../components/write-outcome.tsx";
import { api, client } from "../../lib/api.ts";
import { useT } from "../../lib/i18n.ts";

const nameOf = ({ brokerName, brokerId }: BrokerStorage) =>
  brokerId === "0" ? brokerName : `${brokerName}:${brokerId}`;

/** How long every broker keeps messages. */
export function RetentionDrawer({ instance, onClose }: { instance: Instance; onClose: () => void }) {
  const t = useT("instance");
  const queryClient = useQueryClient();
  const storage = useQuery(api.instance.storage.queryOptions({ input: { instanceId: instance.id } }));
  const [typed, setTyped] = useState<number | null>();
  const brokers = storage.data?.brokers ?? [];
  const hours = typed === undefined ? (brokers[0]?.retentionHours ?? null) : typed;
  const valid = hours !== null && hours >= RETENTION_MIN_HOURS && hours <= RETENTION_MAX_HOURS;
  const changing = brokers.filter((broker) => broker.retentionHours !== hours);
  const shorter = valid && changing.some((broker) => (broker.retentionHours ?? 0) > hours);
  const inHours = (value: number | null) => (value === null ? "–" : t("retention.hours", { hours: value }));
  const apply = async (): Promise<WriteOutcome> => {
    const { outcomes } = await client.instance.setRetention({ instanceId: instance.id, hours: hours ?? 0 });
    await queryClient.invalidateQueries({ queryKey: api.instance.storage.key() });
    return {
      done: outcomes.filter((outcome) => outcome.ok).map((outcome) => outcome.target),
      failures: outcomes.flatMap((outcome) => outcome.failure ?? []),
    };
  };
  return (
    <WriteDrawer
      open
      title={t("retention.title", { name: instance.name })}
      applyText={t("retention.apply")}
      confirmName={shorter ? instance.name : undefined}
      dirty={typed !== undefined}
      ready={valid && changing.length > 0}
      plan={
        storage.data && valid
          ? {
              changes: changing.map((broker) => ({
                label: nameOf(broker),
                before: inHours(broker.retentionHours),
                after: inHours(hours),
              })),
              brokers: brokers.map(nameOf),
              warnings: [
                ...(hours < RETENTION_WARN_HOURS ? [t("retention.short", { hours: RETENTION_WARN_HOURS })] : []),
                ...(shorter ? [t("retention.shorter")] : []),
              ],
              command: changing
                .map(({ addr }) => `mqadmin updateBrokerConfig -b ${addr} -k fileReservedTime -v ${hours}`)
                .join(" && "),
            }
          : undefined
      }
      onApply={apply}
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
    </WriteDrawer>
  );
}
