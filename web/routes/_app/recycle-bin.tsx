import { createFileRoute } from "@tanstack/react-router";
import { recycleBinSearch } from "../../features/instance/instance-search.ts";
import { RecycleBinPage } from "../../features/instance/recycle-bin-page.tsx";

export const Route = createFileRoute("/_app/recycle-bin")({
  validateSearch: recycleBinSearch,
  component: RecycleBinPage,
});
