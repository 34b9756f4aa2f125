import { createFileRoute } from "@tanstack/react-router";
import { AboutPage } from "../../features/session/about-page.tsx";

export const Route = createFileRoute("/_app/about")({ component: AboutPage });
