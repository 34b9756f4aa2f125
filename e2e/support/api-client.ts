import { createORPCClient } from "@orpc/client";
import { RPCLink } from "@orpc/client/fetch";
import type { ContractRouterClient } from "@orpc/contract";
import type { contract } from "#contract/contract.ts";

/** The console's whole API, typed by its contract. */
export type Api = ContractRouterClient<typeof contract>;

export function apiClient(url: string, cookie = ""): Api {
  const link = new RPCLink({ url: `${url}/api/rpc`, headers: () => (cookie === "" ? {} : { cookie }) });
  return createORPCClient(link);
}

/** Signs in and returns the session cookie as a `cookie` header has it. */
export async function signIn(url: string, username: string, password: string): Promise<string> {
  let cookies: string[] = [];
  const link = new RPCLink({
    url: `${url}/api/rpc`,
    fetch: async (request, init) => {
      const response = await fetch(request, init);
      cookies = response.headers.getSetCookie();
      return response;
    },
  });
  const api: Api = createORPCClient(link);
  await api.session.signIn({ username, password });
  return cookies.map((line) => line.split(";")[0] ?? "").join("; ");
}

/** The cookie as Playwright's `storageState` takes it. */
export function storageState(url: string, cookie: string) {
  const { hostname } = new URL(url);
  const cookies = cookie.split("; ").map((pair) => {
    const at = pair.indexOf("=");
    const attributes = { path: "/", expires: -1, httpOnly: true, secure: false, sameSite: "Lax" as const };
    return { name: pair.slice(0, at), value: pair.slice(at + 1), domain: hostname, ...attributes };
  });
  return { cookies, origins: [] };
}
