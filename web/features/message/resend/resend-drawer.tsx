import { useNavigate } from "@tanstack/react-router";
import { Checkbox, Radio } from "antd";
import { useState } from "react";
import type { LetterPlace, ResendAsked } from "#contract/resend.ts";
import { RESEND_SAMPLE_MAX } from "#contract/rules/limits.ts";
import { FieldGroup } from "../../../components/field.tsx";
import { NumberField } from "../../../components/number-field.tsx";
import { WriteFrame } from "../../../components/resource/write-frame.tsx";
import { api, client } from "../../../lib/api.ts";
import { useT } from "../../../lib/i18n.ts";
import { isSame } from "../../../lib/settled.ts";
import { useResendWords } from "./resend-words.tsx";

/** Dead letters by their places, or all of a group that were stored between two times. */
interface Letters {
  group: string;
  places?: LetterPlace[];
  from?: number;
  to?: number;
}

interface ResendDrawerProps extends Letters {
  instanceId: string;
  /** How they were sent before, where a sample was. */
  before?: ResendAsked["target"];
  onClose: () => void;
}

const SAMPLE = 5;

interface Draft {
  target: ResendAsked["target"];
  sample: boolean;
  limit: number | null;
  again: ResendAsked["again"];
}

/** Sends dead letters once more: to whom, a sample or all, and what is left out; then the job that does it. */
export function ResendDrawer({ instanceId, group, places, from, to, before, onClose }: ResendDrawerProps) {
  const t = useT("resend");
  const navigate = useNavigate();
  const single = places?.length === 1;
  const most = Math.min(places?.length ?? RESEND_SAMPLE_MAX, RESEND_SAMPLE_MAX);
  const [first] = useState((): Draft => ({
    target: before ?? "original",
    sample: before === undefined && (places === undefined || places.length > SAMPLE),
    limit: Math.min(SAMPLE, most),
    again: "never",
  }));
  const [draft, setDraft] = useState(first);
  const change = (part: Partial<Draft>) => setDraft((old) => ({ ...old, ...part }));
  const limit = draft.sample ? draft.limit : undefined;
  const wrong = limit === null || (limit !== undefined && (limit < 1 || limit > most));
  const howMany = t(!draft.sample ? "allText" : places === undefined ? "sampleOldest" : "sampleText");
  const input = {
    instanceId,
    group,
    places,
    from,
    to,
    target: draft.target,
    again: draft.again,
    limit: limit ?? undefined,
  };
  const start = async (planId: string) => {
    const { jobId } = await client.resend.deadLetters({ instanceId, group, planId });
    await navigate({ to: "/instances/$instanceId/messages/resent/$jobId", params: { instanceId, jobId } });
    return { outcomes: [], undo: null };
  };
  return (
    <WriteFrame
      title={t("title", { group })}
      applyText={t(draft.sample ? "applySample" : "apply")}
      dirty={!isSame(draft, first)}
      input={input}
      whole={!wrong}
      query={(asked) => api.resend.plan.queryOptions({ input: asked })}
      words={useResendWords()}
      apply={start}
      touches={api.resend.key()}
      byButton
      onClose={onClose}
    >
      <div className="rd-resource-form">
        <FieldGroup label={t("to")} hint={t(`toText.${draft.target}`)}>
          <Radio.Group
            aria-label={t("to")}
            value={draft.target}
            options={(["original", "group"] as const).map((value) => ({ value, label: t(`toWord.${value}`) }))}
            onChange={({ target }) => change({ target: target.value as Draft["target"] })}
          />
        </FieldGroup>
        {single ? null : (
          <>
            <FieldGroup label={t("howMany")} hint={howMany}>
              <Radio.Group
                aria-label={t("howMany")}
                value={draft.sample ? "sample" : "all"}
                options={[
                  { value: "sample", label: t("sample") },
                  { value: "all", label: places ? t("allSelected", { count: places.length }) : t("all") },
                ]}
                onChange={({ target }) => change({ sample: target.value === "sample" })}
              />
            </FieldGroup>
            {draft.sample ? (
              <NumberField
                label={t("limit")}
                value={draft.limit}
                onChange={(value) => change({ limit: value })}
                fault={wrong ? t("limitFault", { max: most }) : undefined}
              />
            ) : null}
          </>
        )}
        <FieldGroup label={t("again")} hint={t("againText")}>
          <Checkbox
            checked={draft.again !== "never"}
            onChange={({ target }) => change({ again: target.checked ? "unknown" : "never" })}
          >
            {t("againUnknown")}
          </Checkbox>
          <Checkbox
            checked={draft.again === "all"}
            onChange={({ target }) => change({ again: target.checked ? "all" : "unknown" })}
          >
            {t("againAll")}
          </Checkbox>
        </FieldGroup>
      </div>
    </WriteFrame>
  );
}
