import { createORPCClient } from "@orpc/client";
import { RPCLink } from "@orpc/client/fetch";
import type { ContractRouterClient } from "@orpc/contract";
import { createTanstackQueryUtils } from "@orpc/tanstack-query";
import type { contract } from "#contract/contract.ts";

type Client = ContractRouterClient<typeof contract>;

const link = new RPCLink({ url: () => new URL("/api/rpc", location.origin) });

/** Calls rows of the contract directly: streams, files and things done outside a component. */
export const client: Client = createORPCClient(link);

/** Query and mutation options for every row of the contract: `useQuery(api.topic.get.queryOptions({ input }))`. */
export const api = createTanstackQueryUtils(client);
