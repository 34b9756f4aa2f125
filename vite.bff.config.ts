import { defineConfig } from "vite";
import { licences } from "./scripts/lib/licences.ts";

/** What is not in the bundle and needed as it runs. */
const NATIVE = ["better-sqlite3", "bindings", "file-uri-to-path"];

/** One bundle for the server: reading thousands of files of node_modules would cost seconds at start. */
export default defineConfig({
  publicDir: false,
  plugins: [licences(NATIVE)],
  build: {
    ssr: "bff/main.ts",
    outDir: "dist/bff",
    emptyOutDir: true,
    target: "node20",
    sourcemap: true,
    rolldownOptions: { external: ["better-sqlite3"], output: { entryFileNames: "main.js" } },
  },
  ssr: { noExternal: true },
});
