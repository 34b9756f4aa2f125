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
