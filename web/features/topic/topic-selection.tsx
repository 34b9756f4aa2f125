import { Button } from "antd";
import { lazy, Suspense, useState } from "react";
import { ExportButton } from "../../components/export-button.tsx";
import { client } from "../../lib/api.ts";
import { useT } from "../../lib/i18n.ts";
import type { ChosenTopics } from "./topic-search.ts";

const DeletionsDrawer = lazy(() =>
  import("./topic-deletions-drawer.tsx").then((m) => ({ default: m.TopicDeletionsDrawer })),
);

interface TopicSelectionProps {
  chosen: ChosenTopics;
  mayDelete: boolean;
  onDone: () => void;
}

/** What can be done with the selected topics. */
export function TopicSelection({ chosen, mayDelete, onDone }: TopicSelectionProps) {
  const t = useT("topic");
  const [asking, setAsking] = useState(false);
  return (
    <>
      <ExportButton small file={(format) => client.topic.export({ ...chosen, format })} />
      {mayDelete ? (
        <Button size="small" danger onClick={() => setAsking(true)}>
          {t("common:delete")}
        </Button>
      ) : null}
      <Suspense fallback={null}>
        {asking ? <DeletionsDrawer chosen={chosen} onClose={() => setAsking(false)} onStarted={onDone} /> : null}
      </Suspense>
    </>
  );
}
