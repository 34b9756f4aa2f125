import { useQuery } from "@tanstack/react-query";
import { Checkbox, Segmented, Select } from "antd";
import type { LoadPlan, RoundTripPlan } from "#contract/dial-run.ts";
import { Field, FieldGroup } from "../../components/field.tsx";
import { TopicSuggest } from "../../components/name-suggest.tsx";
import { NumberField } from "../../components/number-field.tsx";
import { api } from "../../lib/api.ts";
import { useFormat } from "../../lib/format.ts";
import { useT } from "../../lib/i18n.ts";
import { useCan } from "../../lib/session.ts";
import { places } from "./dial-test-search.ts";
import { useDialWords } from "./plan-words.tsx";
import type { PlaceDraft } from "./run-draft.ts";
import { useLimits } from "./use-limits.ts";

interface PlaceProps {
  instanceId: string;
  draft: PlaceDraft;
  change: (changes: Partial<PlaceDraft>) => void;
  faults: Partial<Record<keyof PlaceDraft, string>>;
  plan: Pick<RoundTripPlan | LoadPlan, "consumers" | "blocked"> | undefined;
}

/** Where a run sends: to a topic of its own, or to one that there is, and who gets it there. */
export function RunPlace({ instanceId, draft, change, faults, plan }: PlaceProps) {
  const t = useT("dial-test");
  const words = useDialWords();
  const mayMake = useCan("topic:create");
  return (
    <>
      <FieldGroup label={t("place")} hint={mayMake ? t(`placeHint.${draft.place}`) : t("mayNotMake")}>
        <Segmented
          aria-label={t("place")}
          value={draft.place}
          options={places.map((value) => ({ value, label: t(`places.${value}`) }))}
          onChange={(place) => change({ place })}
        />
      </FieldGroup>
      {draft.place === "given" ? (
        <>
          <TopicSuggest
            label={t("topic")}
            instanceId={instanceId}
            normalOnly
            value={draft.topic}
            onChange={(topic) => change({ topic, despiteConsumers: false })}
            fault={words.fault(faults.topic)}
          />
          {plan === undefined ? null : <Consumers draft={draft} change={change} plan={plan} />}
        </>
      ) : (
        <Brokers instanceId={instanceId} draft={draft} change={change} />
      )}
    </>
  );
}

function Brokers({ instanceId, draft, change }: Pick<PlaceProps, "instanceId" | "draft" | "change">) {
  const t = useT("dial-test");
  const { data } = useQuery(api.topic.options.queryOptions({ input: { instanceId } }));
  const names = data?.brokers.map(({ brokerName }) => brokerName) ?? draft.brokers;
  if (names.length < 2) return null;
  return (
    <Field label={t("onBrokers")} hint={t("onBrokersHint")}>
      {(control) => (
        <Select
          {...control}
          mode="multiple"
          allowClear
          placeholder={t("allBrokers")}
          value={draft.brokers}
          options={names.map((value) => ({ value, label: value }))}
          onChange={(brokers: string[]) => change({ brokers })}
        />
      )}
    </Field>
  );
}

/** Real consumers take test messages for real ones: whoever sends them says that they may. */
function Consumers({ draft, change, plan }: Pick<PlaceProps, "draft" | "change"> & Required<Pick<PlaceProps, "plan">>) {
  const t = useT("dial-test");
  const { consumers, blocked } = plan ?? { consumers: [], blocked: null };
  if (consumers.length === 0 && blocked !== "USE_UNKNOWN" && !draft.despiteConsumers) return null;
  const clients = consumers.reduce((sum, group) => sum + group.clients, 0);
  return (
    <FieldGroup label={t("consumersOnline")}>
      <Checkbox
        checked={draft.despiteConsumers}
        onChange={({ target }) => change({ despiteConsumers: target.checked })}
      >
        {consumers.length === 0
          ? t("despiteUnknown")
          : t("despiteConsumers", { count: clients, groups: consumers.map(({ group }) => group).join(", ") })}
      </Checkbox>
    </FieldGroup>
  );
}

/** How large a message is, with what the brokers of the topic take. */
export function SizeField({ instanceId, draft, change, faults }: Omit<PlaceProps, "plan">) {
  const t = useT("dial-test");
  const format = useFormat();
  const words = useDialWords();
  const most = useLimits(instanceId, draft.place === "given" ? draft.topic : "")?.maxMessageSize;
  return (
    <NumberField
      label={t("size")}
      hint={most ? t("sizeLimit", { bytes: format.bytes(most.value), broker: most.broker }) : t("sizeHint")}
      fault={words.fault(faults.sizeKb)}
      value={draft.sizeKb}
      onChange={(sizeKb) => change({ sizeKb })}
    />
  );
}
