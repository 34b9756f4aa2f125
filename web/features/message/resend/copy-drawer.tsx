import { useNavigate } from "@tanstack/react-router";
import { Button, Checkbox } from "antd";
import { useState } from "react";
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
  const [copied, setCopied] = useState<Pick<Copied, "sent" | "dueAt">>();
  const change = (part: Partial<CopyDraft>) => setDraft((old) => ({ ...old, ...part }));
  const edits = editsOf(draft, before);
  const { topic, brokerName, queueId, queueOffset } = detail;
  const place = { instanceId, topic, brokerName, queueId, queueOffset };
  const open = (message: string) => {
    onClose();
    void navigate({ to: "/instances/$instanceId/messages/$message", params: { instanceId, message } });
  };
  const openPending = (dueAt: number) => {
    onClose();
    const search = { hour: hourOf(dueAt) };
    void navigate({ to: "/instances/$instanceId/messages/pending", params: { instanceId }, search });
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
        setCopied(done);
        return done;
      }}
      touches={api.resend.key()}
      byButton
      fields={["target", "body.content", "properties"]}
      fault={(key) => t(`fault.${key}`, { defaultValue: t("fault.other") })}
      next={<Next copied={copied} onOpen={open} onPending={openPending} />}
      onClose={onClose}
    >
      <CopyFields detail={detail} draft={draft} change={change} />
    </WriteFrame>
  );
}

interface NextProps {
  copied: Pick<Copied, "sent" | "dueAt"> | undefined;
  onOpen: (message: string) => void;
  onPending: (dueAt: number) => void;
}

/** To the copy, or to where it waits for its time. */
function Next({ copied, onOpen, onPending }: NextProps) {
  const t = useT("resend");
  const { sent = null, dueAt = null } = copied ?? {};
  if (sent === null && dueAt === null) return null;
  return (
    <Button
      type="primary"
      onClick={() => {
        if (sent !== null) onOpen(refOf(sent));
        else if (dueAt !== null) onPending(dueAt);
      }}
    >
      {t(sent === null ? "copy.openPending" : "copy.open")}
    </Button>
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
