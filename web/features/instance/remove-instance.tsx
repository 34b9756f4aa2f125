import { useQueryClient } from "@tanstack/react-query";
import type { Instance } from "#contract/instance.ts";
import { ConfirmByName } from "../../components/confirm-by-name.tsx";
import { api, client } from "../../lib/api.ts";
import { useT } from "../../lib/i18n.ts";

interface RemoveInstanceProps {
  instance: Instance;
  onClose: () => void;
  onRemoved?: () => void;
}

/** To the recycle bin: the cluster itself is not touched. */
export function RemoveInstance({ instance, onClose, onRemoved }: RemoveInstanceProps) {
  const t = useT("instance");
  const queryClient = useQueryClient();
  const remove = async () => {
    await client.instance.recycle({ instanceId: instance.id });
    onRemoved?.();
    await queryClient.invalidateQueries({ queryKey: api.instance.list.key() });
  };
  return (
    <ConfirmByName
      open
      title={t("remove.title", { name: instance.name })}
      name={instance.name}
      confirmText={t("remove.confirm")}
      onConfirm={remove}
      onClose={onClose}
    >
      <p>{t("remove.text")}</p>
    </ConfirmByName>
  );
}
