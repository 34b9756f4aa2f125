import "antd/dist/reset.css";
import "./app/base.css";
import "./app/shell.css";
import "./app/controls.css";
import "./app/surfaces.css";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Providers } from "./app/providers.tsx";
import { createQueryClient } from "./app/query-client.ts";
import { createAppRouter } from "./app/router.ts";
import { isLanguage, startI18n } from "./lib/i18n.ts";

const queryClient = createQueryClient({
  onSignedOut: () => {
    const { pathname, href } = router.state.location;
    if (pathname !== "/sign-in")
      void router.navigate({ to: "/sign-in", search: { to: href }, replace: true, ignoreBlocker: true });
  },
  onPasswordChangeRequired: () => void router.navigate({ to: "/change-password", replace: true, ignoreBlocker: true }),
});
const router = createAppRouter(queryClient);

const language = document.documentElement.lang;
await startI18n(isLanguage(language) ? language : "en-US");

const root = document.querySelector("#root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <Providers queryClient={queryClient}>
        <RouterProvider router={router} />
      </Providers>
    </StrictMode>,
  );
}
