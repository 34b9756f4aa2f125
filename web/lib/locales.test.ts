import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import i18next from "i18next";
import { afterEach, describe, expect, it, vi } from "vitest";
import { problems } from "#contract/problem.ts";
import { startI18n } from "./i18n.ts";

type Texts = { [key: string]: string | Texts };

const languages = ["zh-CN", "en-US"] as const;
const read = (language: string, ns: string): Texts =>
  JSON.parse(readFileSync(`web/locales/${language}/${ns}.json`, "utf8")) as Texts;
const namespaces = [
  ...new Set(
    languages.flatMap((language) => readdirSync(`web/locales/${language}`).map((file) => basename(file, ".json"))),
  ),
].sort();

function flatten(texts: Texts, prefix = ""): Map<string, string> {
  const out = new Map<string, string>();
  for (const [key, value] of Object.entries(texts)) {
    if (typeof value === "string") out.set(prefix + key, value);
    else for (const [inner, text] of flatten(value, `${prefix}${key}.`)) out.set(inner, text);
  }
  return out;
}

const placeholders = (text: string): string[] => (text.match(/\{\{\w+\}\}/g) ?? []).sort();

describe.each(namespaces)("texts of %s", (ns) => {
  const zh = flatten(read("zh-CN", ns));
  const en = flatten(read("en-US", ns));

  it("have the same keys in both languages", () => {
    expect([...zh.keys()].sort()).toEqual([...en.keys()].sort());
  });

  it("are never empty", () => {
    expect([...zh, ...en].filter(([, text]) => text.trim() === "")).toEqual([]);
  });

  it("fill in the same values", () => {
    const differing = [...en.keys()].filter(
      (key) =>
        !key.endsWith("_one") && String(placeholders(en.get(key) ?? "")) !== String(placeholders(zh.get(key) ?? "")),
    );
    expect(differing.filter((key) => !key.endsWith("_other"))).toEqual([]);
  });
});

/** What can be one, in English; bounds that a sentence names are more. */
const COUNTED =
  /\{\{(?!min|max|rows)\w+\}\} (?:more |further )?(?:messages|queues|topics|groups|clients|brokers|nodes|rows|results|retries|outcomes|warnings)\b/;

describe("counts", () => {
  afterEach(() => vi.unstubAllGlobals());

  it("have words for one and for more", () => {
    const fixed = namespaces.flatMap((ns) =>
      [...flatten(read("en-US", ns))].filter(([key, text]) => COUNTED.test(text) && !/_(?:one|other)$/.test(key)),
    );
    expect(fixed).toEqual([]);
  });

  it("are written with separators, and codes as they are", async () => {
    vi.stubGlobal("document", { documentElement: {} });
    await startI18n("en-US");
    i18next.addResource("en-US", "common", "counted_other", "{{count}} of {{code}}");
    expect(i18next.t("common:counted", { count: 10_000, code: "2001" })).toBe("10,000 of 2001");
  });
});

describe("problems", () => {
  it.each(languages)("each have what, why and todo in %s", (language) => {
    const texts = flatten(read(language, "problem"));
    const missing = Object.keys(problems).flatMap((code) =>
      ["what", "why", "todo"].map((part) => `${code}.${part}`).filter((key) => !texts.has(key)),
    );
    expect(missing).toEqual([]);
  });
});

const pages = readdirSync("web", { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".tsx"))
  .map((file) => join("web", file));

/** Literal keys only; a key built at run time is its page's own affair. */
function unknownKeys(file: string): string[] {
  const source = readFileSync(file, "utf8");
  const spaces = [...source.matchAll(/useT\(\s*(?:\[)?\s*"([\w-]+)"/g)].map(([, ns]) => ns ?? "");
  if (/useT\(\)/.test(source)) spaces.push("common");
  const known = (ns: string, key: string): boolean => {
    if (!namespaces.includes(ns)) return false;
    const texts = flatten(read("en-US", ns));
    return texts.has(key) || texts.has(`${key}_other`);
  };
  return [...source.matchAll(/\bt\(\s*"([^"]+)"/g)].flatMap(([, key = ""]) => {
    const [ns, rest] = key.includes(":")
      ? [key.slice(0, key.indexOf(":")), key.slice(key.indexOf(":") + 1)]
      : [undefined, key];
    const found = ns === undefined ? spaces.some((space) => known(space, rest)) : known(ns, rest);
    return found || spaces.length === 0 ? [] : [`${file}: ${key}`];
  });
}

describe("texts that pages ask for", () => {
  it("exist", () => {
    expect(pages.flatMap(unknownKeys)).toEqual([]);
  });
});
