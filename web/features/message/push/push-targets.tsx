import { Select } from "antd";
import type { MessageDetail } from "#contract/message.ts";
import type { PushTarget, PushTargets } from "#contract/push.ts";
import { EmptyState } from "../../../components/empty-state.tsx";
import { Field } from "../../../components/field.tsx";
import { PartialStrip } from "../../../components/partial-strip.tsx";
import { useT } from "../../../lib/i18n.ts";

interface TargetFieldsProps {
  detail: MessageDetail;
  found: PushTargets;
  group: string | undefined;
  clientId: string | undefined;
  onChange: (to: { group?: string; clientId?: string }) => void;
  onRetry: () => void;
}

/** The group and the client of it that is to get the message; those that cannot are listed with what hinders them. */
export function TargetFields({ detail, found, group, clientId, onChange, onRetry }: TargetFieldsProps) {
  const t = useT("push");
  const { items, groups, failures, more } = found;
  const online = [...new Set(items.map((one) => one.group))];
  const nothing = items.every(({ hindrance }) => hindrance !== null);
  return (
    <div className="rd-push-form">
      <PartialStrip failures={failures} onRetry={onRetry} />
      {nothing ? <Nobody detail={detail} items={items} groups={groups} /> : null}
      {items.length === 0 ? null : (
        <>
          <Field label={t("group")} hint={more ? t("more") : undefined}>
            {(control) => (
              <Select
                {...control}
                showSearch
                value={group ?? online[0]}
                options={online.map((name) => ({ value: name, label: name }))}
                onChange={(name: string) => onChange({ group: name })}
              />
            )}
          </Field>
          <ClientField
            detail={detail}
            items={items}
            group={group ?? online[0]}
            clientId={clientId}
            onChange={onChange}
          />
        </>
      )}
    </div>
  );
}

function ClientField({
  detail,
  items,
  group,
  clientId,
  onChange,
}: Pick<TargetFieldsProps, "detail" | "group" | "clientId" | "onChange"> & { items: readonly PushTarget[] }) {
  const t = useT("push");
  const nameOf = ({ clientId: id, address, language, version, hindrance }: PushTarget) =>
    [
      id,
      address,
      [language, version].filter((part) => part !== null).join(" "),
      hindrance === null ? "" : t(`short.${hindrance}`, { broker: detail.brokerName }),
    ]
      .filter((part) => part !== "")
      .join(" · ");
  const ofGroup = items.filter((one) => one.group === group);
  return (
    <Field label={t("client")}>
      {(control) => (
        <Select
          {...control}
          showSearch={{ optionFilterProp: "label" }}
          value={clientId}
          options={ofGroup.map((one) => ({
            value: one.clientId,
            label: nameOf(one),
            disabled: one.hindrance !== null,
          }))}
          onChange={(id: string) => onChange({ group, clientId: id })}
        />
      )}
    </Field>
  );
}

/** Why there is nobody to give it to. */
function Nobody({
  detail,
  items,
  groups,
}: {
  detail: MessageDetail;
  items: readonly PushTarget[];
  groups: readonly string[];
}) {
  const t = useT("push");
  const { topic, brokerName } = detail;
  const [first] = items;
  const text = first?.hindrance
    ? t(`hindrance.${first.hindrance}`, { broker: brokerName })
    : groups.length === 0
      ? t("noGroups", { topic })
      : t("noneText", { topic });
  return <EmptyState title={t("none")} text={text} />;
}
