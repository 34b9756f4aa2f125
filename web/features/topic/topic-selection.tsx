import { Button } from "antd";
import { lazy, Suspense, useState } from "react";
import { ExportButton } from "../../components/export-button.tsx";
import { client } from "../../lib/api.ts";
import { useT } from "../../lib/i18n.ts";

const DeletionsDrawer = lazy(() =>
  import("./topic-deletions-drawer.tsx").then((m) => ({ default: m.TopicDeletionsDrawer })),
);

interface TopicSelectionProps {
  instanceId: string;
  topics: string[];
  mayDelete: boolean;
  onDone: () => void;
}

/** What can be done with the selected topics. */
export function TopicSelection({ instanceId, topics, mayDelete, onDone }: TopicSelectionProps) {
  const t = useT("topic");
  const [asking, setAsking] = useState(false);
  return (
    <>
      <ExportButton small file={(format) => client.topic.export({ instanceId, topics, format })} />
      {mayDelete ? (
        <Button size="small" danger onClick={() => setAsking(true)}>
          {t("common:delete")}
        </Button>
      ) : null}
      <Suspense fallback={null}>
        {asking ? (
          <DeletionsDrawer
            instanceId={instanceId}
            topics={topics}
            onClose={() => setAsking(false)}
            onStarted={onDone}
          />
        ) : null}
      </Suspense>
    </>
  );
}
