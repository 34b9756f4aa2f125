import { randomUUID } from "node:crypto";
import { Readable } from "node:stream";
import { create } from "content-disposition";
import type { StandardHandleResult } from "@orpc/server/standard";

/** A file is saved under its name, never shown: what a message holds must not become a page of the console. */
export async function asAttachment({
  next,
}: {
  next: () => Promise<StandardHandleResult>;
}): Promise<StandardHandleResult> {
  const result = await next();
  const body = result.response?.body;
  if (!result.matched || !(body instanceof File)) return result;
  const { response } = result;
  return {
    ...result,
    response: { ...response, headers: { ...response.headers, "content-disposition": create(body.name) } },
  };
}

type Parts = AsyncGenerator<string | Uint8Array, void>;

/** A form whose file is empty, with the file's text in its place. */
async function* formWith(form: FormData, boundary: string, parts: Parts): Parts {
  for (const [name, value] of form) {
    yield `--${boundary}\r\ncontent-disposition: form-data; name="${name}"`;
    if (typeof value === "string") yield `\r\n\r\n${value}\r\n`;
    else {
      yield `; filename="${encodeURIComponent(value.name)}"\r\ncontent-type: ${value.type}\r\n\r\n`;
      yield* parts;
      yield "\r\n";
    }
  }
  yield `--${boundary}--\r\n`;
}

const stream = (text: Parts) => Readable.toWeb(Readable.from(text, { objectMode: false }));

/** Sends what a row writes in parts, none of which is kept: as the body of REST, and as the file in the form that oRPC answers with. */
export async function inParts({
  next,
  context,
}: {
  next: () => Promise<StandardHandleResult>;
  context: { streamed: { parts?: Parts } };
}): Promise<StandardHandleResult> {
  const result = await next();
  const { parts } = context.streamed;
  const body = result.response?.body;
  if (!result.matched || parts === undefined) return result;
  const answer = (type: string, text: Parts) => ({
    ...result,
    response: { ...result.response, headers: { ...result.response.headers, "content-type": type }, body: stream(text) },
  });
  if (body instanceof File) return answer(body.type, parts);
  const boundary = randomUUID();
  if (body instanceof FormData)
    return answer(`multipart/form-data; boundary=${boundary}`, formWith(body, boundary, parts));
  return result;
}
