import DownOutlined from "@ant-design/icons/es/icons/DownOutlined";
import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Button, Dropdown } from "antd";
import { EXPORT_BODIES, EXPORT_FORMATS } from "#contract/rules/message-export.ts";
import { ErrorState } from "../../../components/error-state.tsx";
import { client } from "../../../lib/api.ts";
import { useT } from "../../../lib/i18n.ts";

interface DeadLetterExportProps {
  instanceId: string;
  group: string;
  /** The times of what is to be exported, as it is begun. */
  span: () => { from: number; to: number };
}

const forms = EXPORT_FORMATS.flatMap((format) =>
  EXPORT_BODIES.map((body) => ({ key: `${format}.${body}`, format, body })),
);

/** Starts a job that writes all that the range holds to a file, and leads to it. */
export function DeadLetterExport({ instanceId, group, span }: DeadLetterExportProps) {
  const t = useT("dead-letter");
  const navigate = useNavigate();
  const start = useMutation({
    mutationFn: ({ format, body }: Pick<(typeof forms)[number], "format" | "body">) =>
      client.deadLetter.export({ instanceId, group, ...span(), format, body }),
    onSuccess: ({ jobId }) =>
      void navigate({ to: "/instances/$instanceId/jobs/$jobId", params: { instanceId, jobId } }),
  });
  return (
    <>
      {start.error ? <ErrorState error={start.error} inline /> : null}
      <Dropdown
        trigger={["click"]}
        disabled={start.isPending}
        menu={{
          items: forms.map(({ key, format, body }) => ({ key, label: t(`export.${format}.${body}`) })),
          onClick: ({ key }) => {
            const form = forms.find((known) => known.key === key);
            if (form !== undefined) start.mutate(form);
          },
        }}
      >
        <Button size="small" loading={start.isPending} aria-haspopup="menu">
          {t("export.action")} <DownOutlined />
        </Button>
      </Dropdown>
    </>
  );
}
