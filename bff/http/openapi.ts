import { OpenAPIGenerator } from "@orpc/openapi";
import { ZodToJsonSchemaConverter } from "@orpc/zod/zod4";
import { contract } from "#contract/contract.ts";

export type Spec = Awaited<ReturnType<OpenAPIGenerator["generate"]>>;

/** The API as OpenAPI 3.1, from the contract; `cookie` is the one that holds a session. */
export function generateSpec(cookie: string): Promise<Spec> {
  const generator = new OpenAPIGenerator({ schemaConverters: [new ZodToJsonSchemaConverter()] });
  return generator.generate(contract, {
    info: {
      title: "RocketDeck",
      version: "0.1.0",
      description:
        "Sign in with `POST /api/session` and send its cookie. An error is `{ code, status, data }`; `code` says what happened, for programs, and `data` the details.",
    },
    servers: [{ url: "/api" }],
    components: { securitySchemes: { session: { type: "apiKey", in: "cookie", name: cookie } } },
    security: [{ session: [] }],
  });
}

const methods = ["get", "post", "put", "patch", "delete"] as const;

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

function schemaBlock(title: string, value: unknown): string {
  if (value === undefined) return "";
  return `<details><summary>${title}</summary><pre>${escapeHtml(JSON.stringify(value, null, 2))}</pre></details>`;
}

function operations(spec: Spec): { tag: string; html: string }[] {
  return Object.entries(spec.paths ?? {}).flatMap(([path, item]) =>
    methods.flatMap((method) => {
      const operation = item?.[method];
      if (operation === undefined) return [];
      const id = escapeHtml(operation.operationId ?? `${method} ${path}`);
      const html = `<section id="${id}"><h3><b>${method.toUpperCase()}</b> <code>/api${escapeHtml(path)}</code> <small>${id}</small></h3>
${schemaBlock("Parameters", operation.parameters)}${schemaBlock("Body", operation.requestBody)}${schemaBlock("Answers", operation.responses)}</section>`;
      return [{ tag: operation.tags?.[0] ?? "Other", html }];
    }),
  );
}

/** The specification as a page for people, without a script. */
export function specPage(spec: Spec): string {
  const all = operations(spec);
  const sections = [...new Set(all.map(({ tag }) => tag))].map((tag) => {
    const items = all.filter((operation) => operation.tag === tag).map(({ html }) => html);
    return `<h2>${escapeHtml(tag)}</h2>${items.join("\n")}`;
  });
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>RocketDeck API</title><style>
:root{color-scheme:light dark}body{font:14px/1.5 system-ui,sans-serif;max-width:960px;margin:32px auto;padding:0 16px}
h2{margin-top:32px;border-bottom:1px solid #8884}h3{font-size:14px;font-weight:400;margin:16px 0 4px}
h3 b{display:inline-block;min-width:56px}small{opacity:.7}pre{overflow:auto;padding:12px;border:1px solid #8884;border-radius:8px}
</style><h1>RocketDeck API</h1><p>${escapeHtml(spec.info.description ?? "")} <a href="/api/openapi.json">openapi.json</a></p>
${sections.join("\n")}</html>`;
}
