import { defineConfig } from "vite";

/** One bundle for the server: reading thousands of files of node_modules would cost seconds at start. */
export default defineConfig({
  publicDir: false,
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
