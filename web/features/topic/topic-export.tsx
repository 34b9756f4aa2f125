import { useMutation } from "@tanstack/react-query";
import { Button, message } from "antd";
import type { TopicKind, TopicMessageType } from "#contract/topic.ts";
import { client } from "../../lib/api.ts";
import { useT } from "../../lib/i18n.ts";
import { saveFile } from "../../lib/save-file.ts";
import { problemOf } from "../../lib/problem.ts";

interface TopicExportProps {
  instanceId: string;
  /** All that this filter shows … */
  filter?: { search?: string; kind?: TopicKind; broker?: string; messageType?: TopicMessageType };
  /** … or these alone. */
  topics?: string[];
  total?: number;
}

/** Saves topics as a CSV that can be imported again. */
export function TopicExport({ instanceId, filter, topics, total }: TopicExportProps) {
  const t = useT(["topic", "problem"]);
  const [notice, holder] = message.useMessage();
  const save = useMutation({
    mutationFn: () => client.topic.export({ instanceId, ...filter, topics }),
    onSuccess: (file) => saveFile(file),
    onError: (error) => notice.error(t(`problem:${problemOf(error).code}.what`)),
  });
  return (
    <>
      {holder}
      <Button
        size={topics ? "small" : undefined}
        loading={save.isPending}
        disabled={total === 0}
        title={t("exportText")}
        onClick={() => save.mutate()}
      >
        {t("export")}
      </Button>
    </>
  );
}
