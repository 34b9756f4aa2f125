import { z } from "zod";

type Schema = z.core.JSONSchema.BaseSchema;
type Values = Readonly<Record<string, unknown>>;

const isSchema = (schema: unknown): schema is Schema => typeof schema === "object" && schema !== null;
const typeOf = (value: unknown) => (Array.isArray(value) ? "array" : typeof value);

/** The smallest value that a schema takes; where `values` has one of its name and type, that one. */
function exampleOf(schema: unknown, name: string, values: Values, also: (name: string) => boolean): unknown {
  if (!isSchema(schema)) return undefined;
  const { items, type, const: only, enum: some, anyOf, oneOf, minimum } = schema;
  if (type === "object") {
    const wanted = Object.entries(schema.properties ?? {}).filter(
      ([field]) => schema.required?.includes(field) === true || also(field),
    );
    return Object.fromEntries(wanted.map(([field, inner]) => [field, exampleOf(inner, field, values, also)]));
  }
  const given = values[name];
  if (type === "array") {
    const fits = Array.isArray(given) && isSchema(items) && typeOf(given[0]) === items.type;
    return fits ? given : [exampleOf(items, name.replace(/s$/, ""), values, also)];
  }
  if (some !== undefined) return some.find((one) => one === given) ?? some[0];
  if (given !== undefined) return given;
  if (only !== undefined) return only;
  const [first] = anyOf ?? oneOf ?? [];
  if (first !== undefined) return exampleOf(first, name, values, also);
  if (type === "integer" || type === "number") return minimum ?? 0;
  if (type === "boolean") return false;
  throw new Error(`an input needs ${name}: give an example of it`);
}

/** An input with what a row must be given, and of what it may be given the fields that `also` wants. */
export function exampleInput(
  inputSchema: unknown,
  values: Values,
  also: (name: string) => boolean = () => false,
): Record<string, unknown> {
  if (!(inputSchema instanceof z.ZodType)) return {};
  const schema = z.toJSONSchema(inputSchema, { io: "input", unrepresentable: "any" });
  return { ...Object(exampleOf(schema, "", values, also)) };
}
