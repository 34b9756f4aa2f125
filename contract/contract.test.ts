import { expect, test } from "vitest";
import { z } from "zod";
import { contract } from "./contract.ts";

/** Paths of lists in a JSON schema that may be as long as they like. */
function endless(schema: unknown, path: string): string[] {
  if (typeof schema !== "object" || schema === null) return [];
  const own = "type" in schema && schema.type === "array" && !("maxItems" in schema) ? [path] : [];
  return [...own, ...Object.entries(schema).flatMap(([key, inner]) => endless(inner, `${path}.${key}`))];
}

test("no row takes a list without a bound", () => {
  const found = Object.entries(contract).flatMap(([domain, rows]) =>
    Object.entries(rows).flatMap(([name, row]) => {
      const { inputSchema } = row["~orpc"];
      if (!(inputSchema instanceof z.ZodType)) return [];
      return endless(z.toJSONSchema(inputSchema, { io: "input", unrepresentable: "any" }), `${domain}.${name}`);
    }),
  );
  expect(found).toEqual([]);
});

test("a message of a dial test has 64 properties at most, however short they are", () => {
  const { inputSchema } = contract.dialTest.planProduce["~orpc"];
  const properties = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`p${n}`, "v"]));
  const issues = (count: number) =>
    inputSchema?.safeParse({ instanceId: "i", topic: "t", properties: properties(count) }).error?.issues;
  expect(issues(64)).toBeUndefined();
  expect(issues(65)).toMatchObject([{ path: ["properties"], message: "properties.tooMany" }]);
});
