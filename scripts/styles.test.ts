import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const sources = new Map(
  execFileSync("git", ["-C", root, "ls-files", "web"], { encoding: "utf8" })
    .split("\n")
    .filter((file) => /\.(?:tsx?|css)$/.test(file) && !/\.test\.|routeTree/.test(file))
    .map((file) => [file, readFileSync(join(root, file), "utf8")]),
);
const sourceOf = (file: string) => sources.get(file) ?? "";
const isStyle = (file: string) => file.endsWith(".css");

const imported = (file: string, how: RegExp): string[] =>
  [...sourceOf(file).matchAll(how)].map(([, to = ""]) => join(dirname(file), to)).filter((to) => sources.has(to));

/** All that comes with a file. */
function chunkOf(file: string, chunk = new Set<string>()): Set<string> {
  if (chunk.has(file)) return chunk;
  chunk.add(file);
  for (const to of imported(file, /(?:from|import) "(\.[^"]+)"/g)) chunkOf(to, chunk);
  return chunk;
}

const MAIN = "web/main.tsx";
const lazy = new Map([...sources.keys()].map((file) => [file, imported(file, /import\("(\.[^"]+)"\)/g)]));
const routes = [...sources.keys()].filter((file) => file.startsWith("web/routes/"));
const chunks = new Map([MAIN, ...routes, ...[...lazy.values()].flat()].map((entry) => [entry, chunkOf(entry)]));
const loadersOf = (entry: string) =>
  [...chunks].filter(([, chunk]) => [...chunk].some((file) => lazy.get(file)?.includes(entry))).map(([from]) => from);

/** Style sheets that are there whenever an entry is, whatever way led to it. */
function stylesAt(entry: string, way: readonly string[] = []): Set<string> {
  const own = [MAIN, entry].flatMap((of) => [...(chunks.get(of) ?? [])].filter(isStyle));
  const [first, ...others] = loadersOf(entry)
    .filter((from) => !way.includes(from))
    .map((from) => stylesAt(from, [...way, entry]));
  const before = [...(first ?? [])].filter((style) => others.every((other) => other.has(style)));
  return new Set([...own, ...before]);
}

/** Where a class is defined: what a selector begins with. */
const definitions = new Map<string, string[]>();
for (const style of [...sources.keys()].filter(isStyle))
  for (const [, name = ""] of sourceOf(style).matchAll(/(?:^|[,}])\s*\.(rd-[\w-]+)/gm))
    definitions.set(name, [...(definitions.get(name) ?? []), style]);

const classesIn = (file: string) =>
  [...sourceOf(file).matchAll(/["'`]([^"'`\n]*)["'`]/g)].flatMap(([, text = ""]) => text.match(/\brd-[\w-]+/g) ?? []);

test("the style sheet of a class is there wherever the class is, also on the page that is opened first", () => {
  const missing = [...chunks].flatMap(([entry, chunk]) => {
    const styles = stylesAt(entry);
    return [...chunk]
      .filter((file) => !isStyle(file))
      .flatMap((file) =>
        classesIn(file)
          .filter((name) => definitions.get(name)?.every((style) => !styles.has(style)) === true)
          .map((name) => `${name} of ${file}, opened by ${entry}`),
      );
  });
  expect(missing).toEqual([]);
});
