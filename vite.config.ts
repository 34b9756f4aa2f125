import { readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import { tanstackRouter } from "@tanstack/router-plugin/vite";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";
import { licences } from "./scripts/lib/licences.ts";

const compressible = /\.(js|css|html|svg|json|txt|webmanifest)$/;

/** Writes a .br and a .gz beside every text file of the build, so that the server compresses nothing at run time. */
function precompress(): Plugin {
  const brotli = promisify(brotliCompress);
  const gz = promisify(gzip);
  const compress = async (file: string): Promise<void> => {
    const bytes = await readFile(file);
    const [br, gzipped] = await Promise.all([
      brotli(bytes, {
        params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
      }),
      gz(bytes, { level: 9 }),
    ]);
    await Promise.all([writeFile(`${file}.br`, br), writeFile(`${file}.gz`, gzipped)]);
  };
  let outDir = "";
  return {
    name: "precompress",
    apply: "build",
    configResolved: (config) => {
      outDir = config.build.outDir;
    },
    async closeBundle() {
      const entries = await readdir(outDir, { recursive: true, withFileTypes: true });
      const files = entries
        .filter((e) => e.isFile() && compressible.test(e.name))
        .map((e) => join(e.parentPath, e.name));
      await Promise.all(files.map(compress));
    },
  };
}

/** What the sign-in page and every other page need, in one file with all that it imports: many small ones would cost more in headers than they hold. */
const core = {
  name: "core",
  test: /[\\/]web[\\/](lib[\\/]|app[\\/](appearance|bare-frame|base|controls|shell|surfaces|mark|nav|providers|query-client|route-states)\.|components[\\/](copyable|empty-state|error-state|key-facts|num|page-header|partial-strip|state-tag|table-skeleton|time)\.|features[\\/]session[\\/](sign-in|change-password)-form\.|routes[\\/][^?]+$)|[\\/]node_modules[\\/](react-dom|scheduler|antd[\\/]dist|@rc-component[\\/]pagination[\\/].*locale)[\\/]/,
  priority: 2,
};

/** Fields with rules, which only drawers have; without a place of its own it would follow its index into the frame. */
const form = {
  name: "form",
  test: /@rc-component[\\/](form[\\/]es[\\/](?!FormContext)|async-validator)/,
  includeDependenciesRecursively: false,
  priority: 3,
};

/** What every page behind the sign-in needs: the frame and the list. */
const frame = {
  name: "frame",
  test: /[\\/]web[\\/](app[\\/]app-layout|components[\\/]data-table)\./,
  priority: 1,
};

const bff = process.env["ROCKETDECK_DEV_BFF"] ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [tanstackRouter({ autoCodeSplitting: true }), react(), licences(), precompress()],
  build: {
    outDir: "dist/web",
    emptyOutDir: true,
    target: "es2022",
    reportCompressedSize: false,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      // antd's parts declare no side effects because nobody wrote it down: a context of the form would bring the whole form.
      treeshake: { moduleSideEffects: [{ test: /[\\/]@rc-component[\\/]/, sideEffects: false }] },
      output: { codeSplitting: { groups: [form, core, frame] } },
    },
  },
  server: { host: "127.0.0.1", port: 5173, proxy: { "/api": { target: bff, changeOrigin: false } } },
  preview: { host: "127.0.0.1", port: 4173, proxy: { "/api": { target: bff, changeOrigin: false } } },
});
