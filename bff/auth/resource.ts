import { z } from "zod";
import type { ResourceKind } from "#contract/row.ts";

/** What somebody wants to act on. Without an instance it is about all those where they may: what is answered is filtered then. */
export interface Resource {
  kind: ResourceKind;
  instanceId?: string;
}

const OfInstance = z.object({ instanceId: z.string() });

/** The resource that an input names, as it was given: nothing is looked up. */
export function resourceOf(kind: ResourceKind, input: unknown): Resource {
  return { kind, ...OfInstance.safeParse(input).data };
}
