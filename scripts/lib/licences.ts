import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vite";
import { z } from "zod";

const Person = z.union([z.string(), z.object({ name: z.string() }).transform(({ name }) => name)]);
const Manifest = z.object({
  name: z.string(),
  version: z.string(),
  license: z.string().default("see its text"),
  author: Person.optional(),
});

const TEXTS = /^(licen[cs]e|notice|copying)/i;

/** The innermost package that a module is in; bundlers mark modules of their own making, and add queries. */
function folderOf(moduleId: string): string | undefined {
  const path = moduleId.replace(/^\0/, "").replace(/\?.*$/, "");
  return /^(.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+)[\\/]/.exec(path)?.[1];
}

/** What a package asks for who passes it on: its licence and notices, or whose it is where it has no such file. */
function licenceOf(folder: string) {
  const { name, version, license, author } = Manifest.parse(
    JSON.parse(readFileSync(join(folder, "package.json"), "utf8")),
  );
  const files = readdirSync(folder, { withFileTypes: true }).filter((file) => file.isFile() && TEXTS.test(file.name));
  const texts = files.map((file) => readFileSync(join(folder, file.name), "utf8").trim());
  const text = texts.length > 0 ? texts.join("\n\n") : [license, author].filter(Boolean).join(" · ");
  return { name, version, licence: license, text };
}

/** Writes `licences.json` beside a bundle: what of node_modules is in it, or is needed by it as it runs (`external`). */
export function licences(external: readonly string[] = []): Plugin {
  let root = "";
  return {
    name: "licences",
    apply: "build",
    configResolved(config) {
      root = config.root;
    },
    generateBundle(_options, bundle) {
      const modules = Object.values(bundle).flatMap((file) => (file.type === "chunk" ? Object.keys(file.modules) : []));
      const inBundle = modules.map(folderOf).filter((folder) => folder !== undefined);
      const folders = new Set([...inBundle, ...external.map((name) => join(root, "node_modules", name))]);
      // Folders within a package, of another kind of module, have a manifest without a name.
      const packages = [...folders].filter((folder) => existsSync(join(folder, "package.json"))).map(licenceOf);
      // Some are there twice.
      const once = new Map(packages.map((one) => [`${one.name} ${one.version}`, one]));
      const byName = [...once.values()].toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
      const own = licenceOf(root);
      this.emitFile({
        type: "asset",
        fileName: "licences.json",
        source: JSON.stringify({ product: own, packages: byName }),
      });
    },
  };
}
