import { Checkbox, Segmented, Select } from "antd";
import type { ConsumePlan } from "#contract/dial-test.ts";
import { Field, FieldGroup } from "../../components/field.tsx";
import { MomentField } from "../../components/moment-field.tsx";
import { GroupSuggest, TopicSuggest } from "../../components/name-suggest.tsx";
import { NumberField } from "../../components/number-field.tsx";
import { TextField } from "../../components/text-field.tsx";
import { useT } from "../../lib/i18n.ts";
import { startOf, type ConsumeDraft, type StartingPoint } from "./consume-draft.ts";
import { startingPoints } from "./dial-test-search.ts";
import { useDialWords } from "./plan-words.tsx";
import type { DraftProps } from "./use-form.ts";

type FieldsProps = DraftProps<ConsumeDraft>;

interface ConsumeFieldsProps extends FieldsProps {
  instanceId: string;
  /** Online clients of the group whose offsets would be moved. */
  clients: ConsumePlan["clients"];
}

export function ConsumeFields({ instanceId, clients, ...props }: ConsumeFieldsProps) {
  const t = useT("dial-test");
  const words = useDialWords();
  const { draft, change, faults } = props;
  return (
    <>
      <div className="rd-dial-pair">
        <TopicSuggest
          label={t("topic")}
          instanceId={instanceId}
          value={draft.topic}
          onChange={(topic) => change({ topic })}
          fault={words.fault(faults.topic)}
        />
        <GroupSuggest
          label={t("group")}
          instanceId={instanceId}
          value={draft.group}
          onChange={(group) => change({ group })}
          hint={t("groupHint")}
          unread={t("groupsUnread")}
        />
      </div>
      <div className="rd-dial-pair">
        <FieldGroup label={t("order")} hint={t(draft.ordered ? "orderHint.ordered" : "orderHint.unordered")}>
          <Segmented
            aria-label={t("order")}
            value={draft.ordered ? "ordered" : "unordered"}
            options={(["unordered", "ordered"] as const).map((value) => ({ value, label: t(`orders.${value}`) }))}
            onChange={(order) => change({ ordered: order === "ordered" })}
          />
        </FieldGroup>
        <FieldGroup label={t("mode")} hint={t("modeHint")}>
          <span className="rd-dial-fixed">{t("pull")}</span>
        </FieldGroup>
      </div>
      <div className="rd-dial-pair">
        <Start {...props} />
        <NumberField
          label={t("count")}
          hint={t("countHint")}
          fault={words.fault(faults.count)}
          value={draft.count}
          onChange={(count) => change({ count })}
        />
        <NumberField
          label={t("timeout")}
          hint={t("timeoutHint")}
          fault={words.fault(faults.timeoutSeconds)}
          value={draft.timeoutSeconds}
          onChange={(timeoutSeconds) => change({ timeoutSeconds })}
        />
        <TextField
          label={t("tags")}
          hint={t("tagsHint")}
          mono
          value={draft.tags}
          onChange={(tags) => change({ tags })}
        />
      </div>
      <Commit draft={draft} change={change} clients={clients} />
    </>
  );
}

function Start({ draft, change, faults }: FieldsProps) {
  const t = useT("dial-test");
  const words = useDialWords();
  const from = startOf(draft);
  const offered = startingPoints.filter((point) => point !== "committed" || draft.group.trim() !== "");
  const choose = (point: StartingPoint) =>
    change({ from: point, ...(point === "time" && draft.time === null ? { time: Date.now() - 3_600_000 } : {}) });
  return (
    <>
      <Field label={t("from")} hint={t(`fromHint.${from}`)}>
        {(control) => (
          <Select
            {...control}
            value={from}
            options={offered.map((value) => ({ value, label: t(`fromWord.${value}`) }))}
            onChange={choose}
          />
        )}
      </Field>
      {from === "time" ? (
        <MomentField
          label={t("time")}
          fault={words.fault(faults.time)}
          value={draft.time}
          onChange={(time) => change({ time })}
        />
      ) : null}
    </>
  );
}

function Commit({ draft, change, clients }: Pick<ConsumeFieldsProps, "draft" | "change" | "clients">) {
  const t = useT("dial-test");
  const group = draft.group.trim();
  return (
    <FieldGroup label={t("offsets")} hint={group === "" ? t("commitNeedsGroup") : undefined}>
      <Checkbox
        disabled={group === ""}
        checked={group !== "" && draft.commit}
        onChange={({ target }) => change({ commit: target.checked, despiteClients: false })}
      >
        {t("commit")}
      </Checkbox>
      {clients.length > 0 ? (
        <Checkbox checked={draft.despiteClients} onChange={({ target }) => change({ despiteClients: target.checked })}>
          {t("despiteClients", { count: clients.length })}
        </Checkbox>
      ) : null}
    </FieldGroup>
  );
}
