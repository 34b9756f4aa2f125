import type { Recording } from "./series.ts";
import type { Sighting } from "./sighting.ts";
import type { Snapshot } from "./snapshot.ts";
import type { GroupClients } from "./sweep-clients.ts";
import type { GroupStats } from "./sweep-groups.ts";
import type { TopicStats } from "./sweep-topics.ts";

/** What was just seen of an instance: the cluster, all of its topics, groups or clients, or what a tick recorded of it. */
export type Seen = { instanceId: string } & (
  | { what: "cluster"; sighting: Sighting }
  | { what: "topics"; topics: Snapshot<TopicStats> }
  | { what: "groups"; groups: Snapshot<GroupStats> }
  | { what: "clients"; clients: Snapshot<GroupClients> }
  | { what: "samples"; recording: Recording }
);
type Listener = (seen: Seen) => unknown;

/** Who wants to know what was seen. A listener that fails hurts neither the others nor who tells them. */
export class Subscribers {
  readonly #listeners = new Set<Listener>();
  readonly #onError: (error: unknown, instanceId: string) => void;

  constructor(onError: (error: unknown, instanceId: string) => void) {
    this.#onError = onError;
  }

  /** Answers how to leave. */
  add(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  tell(seen: Seen): void {
    for (const listener of this.#listeners) {
      const told = async (): Promise<unknown> => listener(seen);
      told().catch((error: unknown) => this.#onError(error, seen.instanceId));
    }
  }
}
