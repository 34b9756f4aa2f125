import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Button, Checkbox } from "antd";
import { useState } from "react";
import { DESCRIPTION_MAX } from "#contract/rules/limits.ts";
import { NAME_MAX } from "#contract/rules/names.ts";
import { TextField } from "../../components/text-field.tsx";
import { WriteDrawer } from "../../components/write-drawer.tsx";
import type { PlanChange } from "../../components/write-plan.tsx";
import { api, client } from "../../lib/api.ts";
import { useT } from "../../lib/i18n.ts";
import { issueAt, problemOf } from "../../lib/problem.ts";
import { addressesOf, connectionOf, draftFaults, emptyDraft, type ConnectionDraft } from "./connection-draft.ts";
import { ConnectionFields, FurtherFields } from "./connection-fields.tsx";
import { ConnectionFound, useReportWarnings } from "./connection-report.tsx";
import { TagsField, tagFault, tagsOf, type TagRow } from "./instance-tags.tsx";
import { useConnectionTest, type ConnectionTest } from "./use-connection-test.ts";

function usePlan(name: string, draft: ConnectionDraft, tags: TagRow[], test: ConnectionTest): PlanChange[] {
  const t = useT("instance");
  const cluster = test.current ? test.report?.clusterName : undefined;
  const after: [string, string | undefined][] = [
    [t("field.name"), name.trim()],
    [t("field.namesrv"), addressesOf(draft.namesrv).join(" ")],
    [t("field.cluster"), cluster ?? undefined],
    [t("field.accessKey"), draft.accessKey],
    [
      t("field.tags"),
      Object.entries(tagsOf(tags))
        .map(([key, value]) => `${key}=${value}`)
        .join(" "),
    ],
  ];
  return after.flatMap(([label, value]) => (value ? [{ label, after: value }] : []));
}

/** Connects an existing cluster: nothing is saved before a test went well, unless somebody insists. */
export function RegisterDrawer({ onClose }: { onClose: () => void }) {
  const t = useT("instance");
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const [name, setName] = useState("");
  const [description, setDescription] = useState("");
  const [tags, setTags] = useState<TagRow[]>([]);
  const [draft, setDraft] = useState(emptyDraft);
  const change = (part: Partial<ConnectionDraft>) => setDraft((old) => ({ ...old, ...part }));
  const [anyway, setAnyway] = useState(false);
  const [refused, setRefused] = useState<string>();
  const test = useConnectionTest(draft);
  const changes = usePlan(name, draft, tags, test);
  const warnings = useReportWarnings(test.current ? test.report : undefined);
  const faults = draftFaults(draft);
  const nameOk = name.trim().length >= 2 && name.trim().length <= NAME_MAX;
  const tested = test.current && test.report?.ok === true;
  const failed = test.current && test.report?.ok === false;
  const choosing = failed && test.report?.clusterName === null && test.report.clusters.length > 1;
  const ready =
    nameOk &&
    description.length <= DESCRIPTION_MAX &&
    tagFault(tags) === undefined &&
    Object.keys(faults).length === 0 &&
    (tested || (failed && anyway && !choosing));

  const register = async (): Promise<void> => {
    try {
      const { id } = await client.instance.register({
        name: name.trim(),
        description,
        tags: tagsOf(tags),
        ...connectionOf(draft),
        force: !tested,
      });
      await queryClient.invalidateQueries({ queryKey: api.instance.list.key() });
      await navigate({ to: `/instances/${encodeURIComponent(id)}/overview`, search: {} });
    } catch (error) {
      setRefused(issueAt(problemOf(error), "name"));
      throw error;
    }
  };
  return (
    <WriteDrawer
      open
      title={t("register.title")}
      applyText={t("register.apply")}
      dirty={name !== "" || draft !== emptyDraft}
      ready={ready}
      found={
        <ConnectionFound test={test}>
          {failed && !choosing ? (
            <Checkbox checked={anyway} onChange={(event) => setAnyway(event.target.checked)}>
              {t("register.anyway")}
            </Checkbox>
          ) : null}
        </ConnectionFound>
      }
      plan={
        changes.length > 0
          ? { changes, warnings, blocked: tested || failed ? undefined : t("register.testFirst") }
          : undefined
      }
      onApply={register}
      onClose={onClose}
    >
      <div className="rd-form-rows">
        <TextField
          label={t("field.name")}
          value={name}
          autoFocus
          onChange={(value) => {
            setName(value);
            setRefused(undefined);
          }}
          hint={t("hint.name")}
          fault={
            refused !== undefined ? t(`fault.${refused}`) : name !== "" && !nameOk ? t("fault.nameLength") : undefined
          }
        />
        <ConnectionFields
          draft={draft}
          onChange={change}
          faults={draft === emptyDraft ? {} : faults}
          report={test.report}
        />
        <div>
          <Button onClick={test.run} loading={test.pending} disabled={Object.keys(faults).length > 0}>
            {t("test.run")}
          </Button>
        </div>
        <FurtherFields draft={draft} onChange={change} faults={draft === emptyDraft ? {} : faults} />
        <h3>{t("section.description")}</h3>
        <TextField
          label={t("field.description")}
          value={description}
          rows={2}
          onChange={setDescription}
          hint={`${description.length}/${DESCRIPTION_MAX}`}
          fault={description.length > DESCRIPTION_MAX ? t("fault.descriptionLength") : undefined}
        />
        <TagsField rows={tags} onChange={setTags} />
      </div>
    </WriteDrawer>
  );
}
