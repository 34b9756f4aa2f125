import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Instance } from "#contract/instance.ts";
import { DESCRIPTION_MAX } from "#contract/rules/limits.ts";
import { NAME_MAX } from "#contract/rules/names.ts";
import { TextField } from "../../components/text-field.tsx";
import { WriteDrawer } from "../../components/write-drawer.tsx";
import type { PlanChange } from "../../components/write-plan.tsx";
import { api, client } from "../../lib/api.ts";
import { useT } from "../../lib/i18n.ts";
import { issueAt, problemOf } from "../../lib/problem.ts";
import { TagsField, tagFault, tagsOf, type TagRow } from "./instance-tags.tsx";

const tagText = (tags: Record<string, string>) =>
  Object.entries(tags)
    .map(([key, value]) => `${key}=${value}`)
    .sort()
    .join(" ");

/** Name, description and tags: what the console knows and the cluster does not. */
export function EditDrawer({ instance, onClose }: { instance: Instance; onClose: () => void }) {
  const t = useT("instance");
  const queryClient = useQueryClient();
  const [name, setName] = useState(instance.name);
  const [description, setDescription] = useState(instance.description);
  const [tags, setTags] = useState<TagRow[]>(Object.entries(instance.tags));
  const [refused, setRefused] = useState<string>();
  const nameOk = name.trim().length >= 2 && name.trim().length <= NAME_MAX;
  const pairs: [string, string, string][] = [
    [t("field.name"), instance.name, name.trim()],
    [t("field.description"), instance.description, description],
    [t("field.tags"), tagText(instance.tags), tagText(tagsOf(tags))],
  ];
  const changes = pairs.flatMap(([label, before, after]): PlanChange[] =>
    before === after ? [] : [{ label, before: before || undefined, after: after || undefined }],
  );
  const save = async (): Promise<void> => {
    try {
      await client.instance.update({ instanceId: instance.id, name: name.trim(), description, tags: tagsOf(tags) });
      await queryClient.invalidateQueries({ queryKey: api.instance.key() });
    } catch (error) {
      setRefused(issueAt(problemOf(error), "name"));
      throw error;
    }
  };
  return (
    <WriteDrawer
      open
      title={t("edit.title", { name: instance.name })}
      applyText={t("common:save")}
      dirty={changes.length > 0}
      ready={nameOk && description.length <= DESCRIPTION_MAX && tagFault(tags) === undefined && changes.length > 0}
      plan={{ changes }}
      onApply={save}
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
          fault={refused !== undefined ? t(`fault.${refused}`) : nameOk ? undefined : t("fault.nameLength")}
        />
        <TextField
          label={t("field.description")}
          value={description}
          rows={3}
          onChange={setDescription}
          hint={`${description.length}/${DESCRIPTION_MAX}`}
          fault={description.length > DESCRIPTION_MAX ? t("fault.descriptionLength") : undefined}
        />
        <TagsField rows={tags} onChange={setTags} />
      </div>
    </WriteDrawer>
  );
}
