import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import zeroDefaults from "./zero-defaults.json" with { type: "json" };

const root = fileURLToPath(new URL("..", import.meta.url));

/** The BFF from above; what stands on one line are neighbours that do not know each other. */
const FLOORS: readonly (readonly string[])[] = [
  ["bff"],
  ["bff/http"],
  ["bff/features"],
  ["bff/api"],
  ["bff/monitor", "bff/jobs"],
  ["bff/cluster"],
  ["bff/auth"],
  ["bff/store"],
  ["bff/base"],
  ["bff/rocketmq"],
];

/** Inside of the client, from above. */
const CLIENT_FLOORS: readonly (readonly string[])[] = [
  ["bff/rocketmq/admin"],
  ["bff/rocketmq/client"],
  ["bff/rocketmq/cluster"],
  ["bff/rocketmq/rpc"],
  ["bff/rocketmq/remoting"],
  ["bff/rocketmq/codec"],
  ["bff/rocketmq"],
];

interface Import {
  from: string;
  to: string;
}

/** Type imports count as others do: who knows a type knows its room. */
function importsOf(file: string): Import[] {
  const text = readFileSync(join(root, file), "utf8");
  return [...text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*"((?:\.|#contract\/)[^"]+)"/g)].map(([, spec = ""]) => ({
    from: file,
    to: spec.startsWith("#") ? spec.slice(1) : relative(root, resolve(root, dirname(file), spec)),
  }));
}

const tracked = execFileSync("git", ["-C", root, "ls-files"], { encoding: "utf8" }).split("\n");
const isProduct = (file: string) =>
  /^(bff|contract|web)\/.*\.tsx?$/.test(file) && !/\.test\.tsx?$/.test(file) && !file.startsWith("bff/testing/");
const isWritten = (file: string) => file.endsWith("routeTree.gen.ts");
const imports = tracked
  .filter(isProduct)
  .flatMap(importsOf)
  .filter(({ to }) => !isWritten(to));

const within = (file: string, room: string) => (room === "bff" ? dirname(file) === room : file.startsWith(`${room}/`));
const roomOf = (file: string, floors: typeof FLOORS) =>
  floors
    .flat()
    .find((room) =>
      room === "bff/rocketmq" && floors === CLIENT_FLOORS ? dirname(file) === room : within(file, room),
    );

function upwards(floors: typeof FLOORS): string[] {
  const heightOf = (room: string) => floors.findIndex((floor) => floor.includes(room));
  return imports.flatMap(({ from, to }) => {
    const [above, below] = [roomOf(from, floors), roomOf(to, floors)];
    if (above === undefined || below === undefined || above === below) return [];
    return heightOf(above) < heightOf(below) ? [] : [`${from} → ${to}`];
  });
}

/** Files, or the folders of them, that import each other, by whatever way round. */
function circles(placeOf: (file: string) => string): string[] {
  const edges = new Map<string, Set<string>>();
  for (const { from, to } of imports) {
    const [a, b] = [placeOf(from), placeOf(to)];
    if (a !== b) edges.set(a, (edges.get(a) ?? new Set()).add(b));
  }
  const reaches = (from: string, to: string, seen = new Set<string>()): boolean =>
    [...(edges.get(from) ?? [])].some((next) => {
      if (next === to) return true;
      if (seen.has(next)) return false;
      seen.add(next);
      return reaches(next, to, seen);
    });
  return [...edges].flatMap(([a, next]) => [...next].filter((b) => reaches(b, a)).map((b) => `${a} → ${b}`));
}

/** Where a value that is missing becomes 0 or false, how often by file. */
function defaultsToZero(): Record<string, number> {
  const rooms = ["bff/cluster", "bff/features", "bff/monitor", "contract", "web"];
  return Object.fromEntries(
    tracked
      .filter((file) => isProduct(file) && rooms.some((room) => within(file, room)))
      .map(
        (file) =>
          [file, readFileSync(join(root, file), "utf8").match(/(?:\?\?|\|\|) (?:0n?|false)\b/g)?.length ?? 0] as const,
      )
      .filter(([, count]) => count > 0),
  );
}

describe("the house", () => {
  it("has no import that runs up a floor of the BFF, or across to a neighbour", () =>
    expect(upwards(FLOORS)).toEqual([]));
  it("has none that runs up a floor of the RocketMQ client", () => expect(upwards(CLIENT_FLOORS)).toEqual([]));
  it("has no folders that import each other", () => expect(circles(dirname)).toEqual([]));
  it("has no files that import each other, not even for a type", () => expect(circles((file) => file)).toEqual([]));
  it("makes 0 or false of what is missing only where that was looked at: an answer that did not come is no 0", () =>
    expect(defaultsToZero()).toEqual(zeroDefaults));
});
