import type { FoundMessage } from "#contract/message.ts";
import { SCAN_BYTES, SCAN_MESSAGES, SCAN_SECONDS, SCAN_SHOWN } from "#contract/rules/scan.ts";
import type { ScanEvent, ScanSource } from "#contract/scan.ts";
import type { Deps } from "../../../api/deps.ts";
import { failuresOf } from "../../../cluster/failures.ts";
import type { RocketMQCluster } from "../../../rocketmq/cluster/cluster.ts";
import { presentFound } from "../message.presenter.ts";
import type { CostlyFilters } from "./costly-filters.ts";
import { ScanPauses } from "./scan-pauses.ts";
import type { ScanPaces } from "./scan-source.ts";
import { Scan, type ScanBounds } from "./scan.ts";

/** How often somebody is told how far it is. */
const EVERY_MS = 250;

const BOUNDS: ScanBounds = { messages: SCAN_MESSAGES, bytes: SCAN_BYTES, seconds: SCAN_SECONDS };

type ScanInput = ScanSource & { expression: string; resume?: string };

/** All scans that people look at. */
export class ScanStreams {
  readonly #deps: Deps;
  readonly #paces: ScanPaces;
  readonly #pauses: ScanPauses;
  readonly #bounds: ScanBounds;
  readonly #costly: CostlyFilters;

  constructor(deps: Deps, { paces, costly }: { paces: ScanPaces; costly: CostlyFilters }, bounds = BOUNDS) {
    this.#deps = deps;
    this.#paces = paces;
    this.#costly = costly;
    this.#bounds = bounds;
    this.#pauses = new ScanPauses(deps.now);
  }

  /** Finds what there is to read, before anything streams. */
  async open(username: string, { resume, ...asked }: ScanInput, signal: AbortSignal): Promise<Scan> {
    const filter = this.#costly.filterOf(asked.expression);
    if (resume !== undefined) return this.#pauses.take(username, asked, resume);
    const cluster = await this.#deps.clusters.get(asked.instanceId, signal);
    return Scan.open(cluster, asked, filter, signal);
  }

  async *events(
    username: string,
    { resume: _, ...asked }: ScanInput,
    scan: Scan,
    signal: AbortSignal,
  ): AsyncGenerator<ScanEvent, void> {
    const { now, clusters } = this.#deps;
    const cluster = await clusters.get(asked.instanceId, signal);
    const told = (items: FoundMessage[], by?: keyof ScanBounds): ScanEvent => {
      const { failures, unread, total, notJudgedAt, figures } = scan;
      const paused = by === undefined ? null : { by, resume: this.#pauses.keep(username, asked, scan) };
      const passed = figures.passed.toString();
      const common = { total: total.toString(), notJudgedAt: [...notJudgedAt], unread, at: now() };
      return { items, ...figures, passed, ...common, failures: failuresOf(failures), state: "running", paused };
    };
    yield told([]);
    const rest = yield* this.#hits(cluster, scan, { told, signal });
    const last = told(rest.items, rest.by);
    yield { ...last, state: rest.by === undefined ? "done" : "paused" };
  }

  async *#hits(
    cluster: RocketMQCluster,
    scan: Scan,
    { told, signal }: { told: (items: FoundMessage[]) => ScanEvent; signal: AbortSignal },
  ) {
    const run = scan.run(cluster, { pace: this.#paces.of(cluster), bounds: this.#bounds, signal });
    let items: FoundMessage[] = [];
    let saidAt = performance.now();
    let saidAny = scan.figures.hits > 0;
    try {
      for (;;) {
        const { done, value } = await run.next();
        if (done === true) return { items, by: value };
        const room = SCAN_SHOWN - (scan.figures.hits - value.length);
        items.push(...(await presentFound(value.slice(0, Math.max(0, room)))));
        const first = !saidAny && items.length > 0;
        if (!first && performance.now() - saidAt < EVERY_MS) continue;
        saidAny ||= first;
        yield told(items);
        saidAt = performance.now();
        items = [];
      }
    } catch (error) {
      this.#costly.ended(scan.filter, error);
      throw error;
    } finally {
      await run.return(undefined);
    }
  }
}
