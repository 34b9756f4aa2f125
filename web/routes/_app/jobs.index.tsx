import { createFileRoute } from "@tanstack/react-router";
import { jobListSearch } from "../../features/job/job-search.ts";
import { JobsPage } from "../../features/job/jobs-page.tsx";

export const Route = createFileRoute("/_app/jobs/")({ validateSearch: jobListSearch, component: JobsPage });
