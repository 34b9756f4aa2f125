import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Button, Checkbox, Input, Popover } from "antd";
import { useId, useState } from "react";
import { VIEW_NAME_MAX } from "#contract/rules/limits.ts";
import type { SavedView } from "#contract/saved-view.ts";
import { ErrorState } from "../../../components/error-state.tsx";
import { api } from "../../../lib/api.ts";
import { useT } from "../../../lib/i18n.ts";
import { parseSearch } from "../../../lib/search.ts";
import { useUser } from "../../../lib/session.ts";

const page = "messageScan" as const;

/** Scans that were saved under a name: to open one, save this one, or remove one's own. */
export function SavedScans({ instanceId, query }: { instanceId: string; query: string }) {
  const t = useT("scan");
  const [open, setOpen] = useState(false);
  return (
    <Popover
      open={open}
      onOpenChange={setOpen}
      trigger="click"
      placement="bottomLeft"
      destroyOnHidden
      content={<Choice instanceId={instanceId} query={query} onOpen={() => setOpen(false)} />}
    >
      <Button aria-expanded={open}>{t("saved.title")}</Button>
    </Popover>
  );
}

function Choice({ instanceId, query, onOpen }: { instanceId: string; query: string; onOpen: () => void }) {
  const t = useT("scan");
  const id = useId();
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const me = useUser()?.username;
  const views = useQuery(api.savedView.list.queryOptions({ input: { instanceId, page } }));
  const onSuccess = () => queryClient.invalidateQueries({ queryKey: api.savedView.list.key() });
  const save = useMutation(api.savedView.save.mutationOptions({ onSuccess }));
  const remove = useMutation(api.savedView.remove.mutationOptions({ onSuccess }));
  const [name, setName] = useState("");
  const [shared, setShared] = useState(false);
  const error = save.error ?? remove.error ?? views.error;
  const show = (view: SavedView): void => {
    onOpen();
    void navigate({ to: ".", search: () => ({ ...parseSearch(view.query) }) });
  };
  return (
    <div className="rd-scan-saved">
      {views.data?.items.length === 0 ? <p className="rd-quiet">{t("saved.none")}</p> : null}
      <ul>
        {views.data?.items.map((view) => (
          <li key={view.id}>
            <Button type="link" size="small" onClick={() => show(view)}>
              {view.name}
            </Button>
            {view.owner === me ? null : <span className="rd-quiet">{t("saved.of", { owner: view.owner })}</span>}
            {view.owner === me && view.shared ? <span className="rd-quiet">{t("saved.isShared")}</span> : null}
            {view.owner === me ? (
              <Button
                size="small"
                type="text"
                aria-label={t("saved.removeNamed", { name: view.name })}
                onClick={() => remove.mutate({ instanceId, viewId: view.id })}
              >
                {t("saved.remove")}
              </Button>
            ) : null}
          </li>
        ))}
      </ul>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim() !== "") save.mutate({ instanceId, page, name, query, shared });
        }}
      >
        <label htmlFor={id}>{t("saved.name")}</label>
        <Input id={id} value={name} maxLength={VIEW_NAME_MAX} onChange={(event) => setName(event.target.value)} />
        <Checkbox checked={shared} onChange={(event) => setShared(event.target.checked)}>
          {t("saved.share")}
        </Checkbox>
        <Button htmlType="submit" disabled={name.trim() === ""} loading={save.isPending}>
          {t("saved.save")}
        </Button>
      </form>
      {error === null ? null : <ErrorState error={error} inline />}
    </div>
  );
}
