import { createFileRoute } from "@tanstack/react-router";
import { lazy } from "react";
import { GroupDetailPage } from "../../../features/group/group-detail-page.tsx";
import { groupSearch } from "../../../features/group/group-search.ts";
import { deadLetterParts } from "../-dead-letter-parts.ts";

const ResetDrawer = lazy(() =>
  import("../../../features/offset/reset-drawer.tsx").then((m) => ({ default: m.ResetDrawer })),
);

const GroupDeadLetters = lazy(() =>
  import("../../../features/message/dead-letter/group-dead-letters.tsx").then((m) => ({ default: m.GroupDeadLetters })),
);

export const Route = createFileRoute("/_app/instances/$instanceId/groups/$group")({
  validateSearch: groupSearch,
  component: () => (
    <GroupDetailPage
      {...Route.useParams()}
      Reset={ResetDrawer}
      DeadLetters={(props) => <GroupDeadLetters {...props} parts={deadLetterParts} />}
    />
  ),
});
