import { useNavigate } from "@tanstack/react-router";
import { Button, Checkbox } from "antd";
import { useRef, useState } from "react";
import type { MessageDetail } from "#contract/message.ts";
import type { Copied } from "#contract/resend.ts";
import { FieldGroup } from "../../../components/field.tsx";
import { NumberField } from "../../../components/number-field.tsx";
import { WriteFrame } from "../../../components/resource/write-frame.tsx";
import { TextField } from "../../../components/text-field.tsx";
import { api, client } from "../../../lib/api.ts";
import { useT } from "../../../lib/i18n.ts";
import { refOf } from "../../../lib/message-ref.ts";
import { isSame } from "../../../lib/settled.ts";
import { hourOf } from "./resend-rows.ts";
import { draftOf, editsOf, linesOf, propertiesOf, textOf, type CopyDraft } from "./copy-draft.ts";
import { useCopyWords } from "./resend-words.tsx";

interface CopyDrawerProps {
  instanceId: string;
  detail: MessageDetail;
  onClose: () => void;
}

/** A copy of a message as a new one, as it is or edited: who will get it, then where it was stored. */
export function CopyDrawer({ instanceId, detail, onClose }: CopyDrawerProps) {
  const t = useT("resend");
  const [before] = useState(() => draftOf(detail));
  const [draft, setDraft] = useState(before);
  const navigate = useNavigate();
  const copied = useRef<Copied>(undefined);
  const change = (part: Partial<CopyDraft>) => setDraft((old) => ({ ...old, ...part }));
  const edits = editsOf(draft, before);
  const { topic, brokerName, queueId, queueOffset } = detail;
  const place = { instanceId, topic, brokerName, queueId, queueOffset };
  const open = () => {
    const { sent = null, dueAt = null } = copied.current ?? {};
    if (sent === null && dueAt === null) return;
    onClose();
    const params = { instanceId };
    if (dueAt !== null)
      void navigate({ to: "/instances/$instanceId/messages/pending", params, search: { hour: hourOf(dueAt) } });
    else if (sent !== null)
      void navigate({
        to: "/instances/$instanceId/messages/$message",
        params: { ...params, message: refOf(sent) },
      });
  };
  return (
    <WriteFrame
      title={t("copy.title")}
      applyText={t("copy.apply")}
      dirty={!isSame(draft, before)}
      input={{ ...place, ...edits }}
      whole={edits !== undefined}
      query={(input) => api.resend.planCopy.queryOptions({ input })}
      words={useCopyWords()}
      apply={async (planId) => {
        const done = await client.resend.copy({ ...place, planId });
        copied.current = done;
        return done;
      }}
      touches={api.resend.key()}
      byButton
      fields={["target", "body.content", "properties"]}
      fault={(key) => t(`fault.${key}`, { defaultValue: t("fault.other") })}
      next={
        <Button type="primary" onClick={open}>
          {t(draft.delaySeconds === null ? "copy.open" : "copy.openDelayed")}
        </Button>
      }
      onClose={onClose}
    >
      <CopyFields detail={detail} draft={draft} change={change} />
    </WriteFrame>
  );
}

interface FieldsProps {
  detail: MessageDetail;
  draft: CopyDraft;
  change: (part: Partial<CopyDraft>) => void;
}

function CopyFields({ detail, draft, change }: FieldsProps) {
  const t = useT("resend");
  const editable = linesOf(detail) !== undefined;
  const wrong = propertiesOf(draft.properties) === undefined;
  // It goes to the retry topic of the group then: where nothing says which topic it came from, that is still asked.
  const original = draftOf(detail).target;
  return (
    <div className="rd-resource-form">
      {detail.stage === "dlq" ? (
        <Checkbox
          checked={draft.onlyGroup}
          onChange={({ target }) => change({ onlyGroup: target.checked, target: original })}
        >
          {t("copy.onlyGroup")}
        </Checkbox>
      ) : null}
      {draft.onlyGroup && original !== "" ? null : (
        <TextField
          label={t(draft.onlyGroup ? "copy.from" : "topic")}
          mono
          value={draft.target}
          onChange={(target) => change({ target })}
        />
      )}
      <TextField label={t("field.tag")} value={draft.tag} onChange={(tag) => change({ tag })} />
      <TextField
        label={t("field.keys")}
        hint={t("copy.keysHint")}
        value={draft.keys}
        onChange={(keys) => change({ keys })}
      />
      {editable ? (
        <TextField
          label={t("field.properties")}
          hint={t("copy.propertiesHint")}
          fault={wrong ? t("fault.properties") : undefined}
          mono
          rows={2}
          value={draft.properties}
          onChange={(properties) => change({ properties })}
        />
      ) : (
        <FieldGroup label={t("field.properties")}>
          <span className="rd-quiet">{t("copy.propertiesAsAre")}</span>
        </FieldGroup>
      )}
      <BodyField detail={detail} draft={draft} change={change} />
      <NumberField
        label={t("copy.delay")}
        hint={t("copy.delayHint")}
        value={draft.delaySeconds}
        onChange={(delaySeconds) => change({ delaySeconds })}
      />
    </div>
  );
}

/** The body goes as it is unless somebody edits it, which only text can be. */
function BodyField({ detail, draft, change }: FieldsProps) {
  const t = useT("resend");
  const [text] = useState(() => textOf(detail));
  if (text === undefined)
    return (
      <FieldGroup label={t("body")}>
        <span className="rd-quiet">{t("copy.bodyAsIs")}</span>
      </FieldGroup>
    );
  return (
    <>
      <Checkbox
        checked={draft.body !== undefined}
        onChange={({ target }) => change({ body: target.checked ? text : undefined })}
      >
        {t("copy.editBody")}
      </Checkbox>
      {draft.body === undefined ? null : (
        <TextField
          label={t("body")}
          mono
          rows={4}
          fault={draft.body === "" ? t("fault.required") : undefined}
          value={draft.body}
          onChange={(body) => change({ body })}
        />
      )}
    </>
  );
}
