import { useNavigate } from "@tanstack/react-router";
import { Button } from "antd";
import { useState } from "react";
import { ConfirmByName } from "../../components/confirm-by-name.tsx";
import { ExportButton } from "../../components/export-button.tsx";
import { client } from "../../lib/api.ts";
import { useT } from "../../lib/i18n.ts";

interface TopicSelectionProps {
  instanceId: string;
  topics: string[];
  mayDelete: boolean;
  onDone: () => void;
}

const SHOWN = 10;

/** What can be done with the selected topics. */
export function TopicSelection({ instanceId, topics, mayDelete, onDone }: TopicSelectionProps) {
  const t = useT("topic");
  const navigate = useNavigate();
  const [asking, setAsking] = useState(false);
  const remove = async () => {
    const { jobId } = await client.topic.deleteMany({ instanceId, topics, count: topics.length });
    onDone();
    await navigate({ to: "/jobs/$jobId", params: { jobId } });
  };
  return (
    <>
      <ExportButton small file={(format) => client.topic.export({ instanceId, topics, format })} />
      {mayDelete ? (
        <Button size="small" danger onClick={() => setAsking(true)}>
          {t("common:delete")}
        </Button>
      ) : null}
      <ConfirmByName
        open={asking}
        title={t("deleteMany.title", { count: topics.length })}
        name={String(topics.length)}
        confirmText={t("deleteMany.confirm", { count: topics.length })}
        onConfirm={remove}
        onClose={() => setAsking(false)}
      >
        <p>{t("deleteMany.text")}</p>
        <ul className="rd-mono">
          {topics.slice(0, SHOWN).map((topic) => (
            <li key={topic}>{topic}</li>
          ))}
          {topics.length > SHOWN ? <li>{t("deleteMany.more", { count: topics.length - SHOWN })}</li> : null}
        </ul>
      </ConfirmByName>
    </>
  );
}
