import { expect, test } from "vitest";
import { z } from "zod";
import { contract } from "./contract.ts";
import { resources, type AuditLevel, type RowMeta } from "./row.ts";

/** Paths of texts in a JSON schema that may be as long as they like. */
function boundless(schema: unknown, path: string): string[] {
  if (typeof schema !== "object" || schema === null) return [];
  const bound = ["maxLength", "enum", "const", "pattern", "contentEncoding"].some((key) => key in schema);
  const own = "type" in schema && schema.type === "string" && !bound ? [path] : [];
  return [...own, ...Object.entries(schema).flatMap(([key, inner]) => boundless(inner, `${path}.${key}`))];
}

/** Paths of lists in a JSON schema that may be as long as they like. */
function endless(schema: unknown, path: string): string[] {
  if (typeof schema !== "object" || schema === null) return [];
  const own = "type" in schema && schema.type === "array" && !("maxItems" in schema) ? [path] : [];
  return [...own, ...Object.entries(schema).flatMap(([key, inner]) => endless(inner, `${path}.${key}`))];
}

const rows = Object.entries(contract).flatMap(([domain, table]) =>
  Object.entries(table).map(([name, row]) => {
    const { inputSchema, route } = row["~orpc"];
    const meta: RowMeta = row["~orpc"].meta;
    return { ...meta, path: `${domain}.${name}`, inputSchema, method: route.method };
  }),
);

test("every row says what it is about by fields that its input has", () => {
  const fieldsOf = (schema: unknown) => (schema instanceof z.ZodObject ? Object.keys(schema.shape) : []);
  for (const { path, on, inputSchema } of rows) {
    expect(Object.keys(resources), path).toContain(on);
    expect(fieldsOf(inputSchema), path).toEqual(expect.arrayContaining([...resources[on]]));
    // What names an instance is about it, so that nobody learns or changes something of one that is not theirs.
    if (fieldsOf(inputSchema).includes("instanceId")) expect(resources[on], path).toContain("instanceId");
  }
});

test("every row says whether it is audited: whatever needs more than reading is, but for what only looks", () => {
  const levels: AuditLevel[] = ["none", "read", "write", "session"];
  for (const { path, audit, method } of rows) {
    expect(levels, path).toContain(audit);
    if (audit === "write") expect(method, path).not.toBe("GET");
  }
  const writes = rows.filter(({ action }) => !/:read$|^self$|^public$/.test(action));
  const looks = ["template", "check", "recheck", "get", "rows"].flatMap((name) => [
    `groupImport.${name}`,
    `topicImport.${name}`,
  ]);
  const unaudited = writes.filter(({ audit }) => audit !== "write").map(({ path }) => path);
  expect(unaudited.toSorted()).toEqual(
    [...looks, "instance.test", "instance.planUpdate", "instance.planUndo"].toSorted(),
  );
  const sessions = rows.filter(({ audit }) => audit === "session").map(({ path }) => path);
  expect(sessions).toEqual(["session.signIn", "session.signOut", "session.changePassword", "session.revoke"]);
});

test("no row takes a list without a bound", () => {
  const found = rows.flatMap(({ path, inputSchema }) =>
    inputSchema instanceof z.ZodType
      ? endless(z.toJSONSchema(inputSchema, { io: "input", unrepresentable: "any" }), path)
      : [],
  );
  expect(found).toEqual([]);
});

test("no row takes a text without a bound", () => {
  const found = rows.flatMap(({ path, inputSchema }) =>
    inputSchema instanceof z.ZodType
      ? boundless(z.toJSONSchema(inputSchema, { io: "input", unrepresentable: "any" }), path)
      : [],
  );
  // A new name is bounded by its rule, which says what is wrong with it.
  expect(found).toEqual(["group.planCreate.properties.group", "topic.planCreate.properties.topic"]);
});

test("a message of a dial test has 64 properties at most, however short they are", () => {
  const { inputSchema } = contract.dialTest.planProduce["~orpc"];
  const properties = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`p${n}`, "v"]));
  const issues = (count: number) =>
    inputSchema?.safeParse({ instanceId: "i", topic: "t", properties: properties(count) }).error?.issues;
  expect(issues(64)).toBeUndefined();
  expect(issues(65)).toMatchObject([{ path: ["properties"], message: "properties.tooMany" }]);
});
