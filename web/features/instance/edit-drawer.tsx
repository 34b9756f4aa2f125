import type { Instance } from "#contract/instance.ts";
import { DESCRIPTION_MAX } from "#contract/rules/limits.ts";
import { NAME_MAX } from "#contract/rules/names.ts";
import { TextField } from "../../components/text-field.tsx";
import { EditFrame } from "../../components/resource/edit-frame.tsx";
import { WriteFrame } from "../../components/resource/write-frame.tsx";
import { api, client } from "../../lib/api.ts";
import { useDraft } from "../../lib/draft.ts";
import { useT } from "../../lib/i18n.ts";
import { isSame } from "../../lib/settled.ts";
import { useInstanceWords } from "./instance-plan-words.tsx";
import { TagsField, tagFault, tagsOf, type TagRow } from "./instance-tags.tsx";

interface EditProps {
  instance: Instance;
  onClose: () => void;
}

interface Draft {
  name: string;
  description: string;
  tags: TagRow[];
}

const draftOf = ({ name, description, tags }: Instance): Draft => ({ name, description, tags: Object.entries(tags) });

/** Only what was changed is sent: the rest may be another person's by now. */
const changesOf = ({ name, description, tags }: Draft, instance: Instance) => ({
  ...(name.trim() === instance.name ? {} : { name: name.trim() }),
  ...(description === instance.description ? {} : { description }),
  ...(isSame(tagsOf(tags), instance.tags) ? {} : { tags: tagsOf(tags) }),
});

/** Name, description and tags: what the console knows and the cluster does not. */
export function EditDrawer({ instance, onClose }: EditProps) {
  const t = useT("instance");
  return (
    <EditFrame
      title={t("edit.title", { name: instance.name })}
      query={api.instance.get.queryOptions({ input: { instanceId: instance.id } })}
      onClose={onClose}
    >
      {(read) => <EditForm instance={read} onClose={onClose} />}
    </EditFrame>
  );
}

function EditForm({ instance, onClose }: EditProps) {
  const t = useT("instance");
  const { draft, change } = useDraft(draftOf(instance));
  const { name, description, tags } = draft;
  const nameOk = name.trim().length >= 2 && name.trim().length <= NAME_MAX;
  const changes = changesOf(draft, instance);
  const changed = Object.keys(changes).length > 0;
  const instanceId = instance.id;
  return (
    <WriteFrame
      title={t("edit.title", { name: instance.name })}
      applyText={t("common:save")}
      dirty={changed}
      input={{ instanceId, ...changes }}
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
          onChange={(typed) => change({ name: typed })}
          hint={t("hint.name")}
          fault={nameOk ? undefined : t("fault.nameLength")}
        />
        <TextField
          label={t("field.description")}
          value={description}
          rows={3}
          onChange={(typed) => change({ description: typed })}
          hint={`${description.length}/${DESCRIPTION_MAX}`}
          fault={description.length > DESCRIPTION_MAX ? t("fault.descriptionLength") : undefined}
        />
        <TagsField rows={tags} onChange={(typed) => change({ tags: typed })} />
      </div>
    </WriteFrame>
  );
}
