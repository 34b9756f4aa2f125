import { createFileRoute } from "@tanstack/react-router";
import { InstanceListPage } from "../../features/instance/instance-list-page.tsx";
import { instanceListSearch } from "../../features/instance/instance-search.ts";

export const Route = createFileRoute("/_app/instances/")({
  validateSearch: instanceListSearch,
  component: InstanceListPage,
});
