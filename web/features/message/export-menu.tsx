import DownOutlined from "@ant-design/icons/es/icons/DownOutlined";
import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Button, Dropdown } from "antd";
import { EXPORT_BODIES, EXPORT_FORMATS, type ExportForm } from "#contract/rules/message-export.ts";
import { ErrorState } from "../../components/error-state.tsx";
import { useT } from "../../lib/i18n.ts";

interface ExportMenuProps {
  instanceId: string;
  /** Starts the job. */
  start: (form: ExportForm) => Promise<{ jobId: string }>;
  disabled?: boolean;
}

const forms = EXPORT_FORMATS.flatMap((format) =>
  EXPORT_BODIES.map((body) => ({ key: `${format}.${body}`, format, body })),
);

/** Starts a job that writes messages to a file, in the form that is chosen, and leads to it. */
export function ExportMenu({ instanceId, start, disabled = false }: ExportMenuProps) {
  const t = useT("message");
  const navigate = useNavigate();
  const starting = useMutation({
    mutationFn: start,
    onSuccess: ({ jobId }) =>
      void navigate({ to: "/instances/$instanceId/jobs/$jobId", params: { instanceId, jobId } }),
  });
  return (
    <>
      {starting.error ? <ErrorState error={starting.error} inline /> : null}
      <Dropdown
        trigger={["click"]}
        disabled={disabled || starting.isPending}
        menu={{
          items: forms.map(({ key, format, body }) => ({ key, label: t(`export.${format}.${body}`) })),
          onClick: ({ key }) => {
            const form = forms.find((known) => known.key === key);
            if (form !== undefined) starting.mutate({ format: form.format, body: form.body });
          },
        }}
      >
        <Button size="small" loading={starting.isPending} aria-haspopup="menu">
          {t("export.action")} <DownOutlined />
        </Button>
      </Dropdown>
    </>
  );
}
