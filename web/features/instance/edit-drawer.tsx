import { useState } from "react";
import type { Instance } from "#contract/instance.ts";
import { DESCRIPTION_MAX } from "#contract/rules/limits.ts";
import { NAME_MAX } from "#contract/rules/names.ts";
import { TextField } from "../../components/text-field.tsx";
import { WriteFrame } from "../../components/resource/write-frame.tsx";
import { api, client } from "../../lib/api.ts";
import { useT } from "../../lib/i18n.ts";
import { isSame } from "../../lib/settled.ts";
import { useInstanceWords } from "./instance-plan-words.tsx";
import { TagsField, tagFault, tagsOf, type TagRow } from "./instance-tags.tsx";

/** Name, description and tags: what the console knows and the cluster does not. */
export function EditDrawer({ instance, onClose }: { instance: Instance; onClose: () => void }) {
  const t = useT("instance");
  const [name, setName] = useState(instance.name);
  const [description, setDescription] = useState(instance.description);
  const [tags, setTags] = useState<TagRow[]>(Object.entries(instance.tags));
  const nameOk = name.trim().length >= 2 && name.trim().length <= NAME_MAX;
  const fields = { name: name.trim(), description, tags: tagsOf(tags) };
  const changed =
    fields.name !== instance.name || description !== instance.description || !isSame(fields.tags, instance.tags);
  const instanceId = instance.id;
  return (
    <WriteFrame
      title={t("edit.title", { name: instance.name })}
      applyText={t("common:save")}
      dirty={changed}
      input={{ instanceId, ...fields }}
      whole={nameOk && description.length <= DESCRIPTION_MAX && tagFault(tags) === undefined && changed}
      query={(input) => api.instance.planUpdate.queryOptions({ input })}
      words={useInstanceWords()}
      fields={["name"]}
      fault={(key) => t(`fault.${key}`)}
      apply={(planId) => client.instance.update({ instanceId, planId })}
      undoing={(undo) => api.instance.planUndo.queryOptions({ input: { instanceId, undo } })}
      touches={api.instance.key()}
      onClose={onClose}
    >
      <div className="rd-form-rows">
        <TextField
          label={t("field.name")}
          value={name}
          autoFocus
          onChange={setName}
          hint={t("hint.name")}
          fault={nameOk ? undefined : t("fault.nameLength")}
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
    </WriteFrame>
  );
}
