import type { FoundMessage } from "#contract/message.ts";
import { SCAN_BYTES, SCAN_MESSAGES, SCAN_SECONDS, SCAN_SHOWN } from "#contract/rules/scan.ts";
import type { ScanEvent, ScanSource } from "#contract/scan.ts";
import type { Deps } from "../../../api/deps.ts";
import { Problem } from "../../../base/problem.ts";
import { failuresOf } from "../../../cluster/failures.ts";
import type { RocketMQCluster } from "../../../rocketmq/cluster/cluster.ts";
import { presentFound } from "../message.presenter.ts";
import { filterOf } from "./scan-filter.ts";
import { ScanPauses } from "./scan-pauses.ts";
import type { ScanPaces } from "./scan-source.ts";
import { Scan, type ScanBounds } from "./scan.ts";

/** How often somebody is told how far it is. */
const EVERY_MS = 250;
/** An expression that took too long is not tried again before. */
const COSTLY_MS = 10 * 60_000;
const COSTLY_KEPT = 1000;

const BOUNDS: ScanBounds = { messages: SCAN_MESSAGES, bytes: SCAN_BYTES, seconds: SCAN_SECONDS };

type ScanInput = ScanSource & { expression: string; resume?: string };

/** All scans that people look at. */
export class ScanStreams {
  readonly #deps: Deps;
  readonly #paces: ScanPaces;
  readonly #pauses: ScanPauses;
  readonly #bounds: ScanBounds;
  readonly #costly = new Map<string, number>();

  constructor(deps: Deps, paces: ScanPaces, bounds = BOUNDS) {
    this.#deps = deps;
    this.#paces = paces;
    this.#bounds = bounds;
    this.#pauses = new ScanPauses(deps.now);
  }

  /** Finds what there is to read, before anything streams. */
  async open(username: string, { resume, ...asked }: ScanInput, signal: AbortSignal): Promise<Scan> {
    const { expression } = asked;
    const refusedUntil = this.#costly.get(expression);
    if (refusedUntil !== undefined && refusedUntil > this.#deps.now()) throw new Problem("SCAN_TOO_COSTLY");
    if (resume !== undefined) return this.#pauses.take(username, asked, resume);
    const cluster = await this.#deps.clusters.get(asked.instanceId, signal);
    return Scan.open(cluster, asked, filterOf(expression), signal);
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
    const rest = yield* this.#hits(cluster, asked.expression, scan, { told, signal });
    const last = told(rest.items, rest.by);
    yield { ...last, state: rest.by === undefined ? "done" : "paused" };
  }

  async *#hits(
    cluster: RocketMQCluster,
    expression: string,
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
      if (error instanceof Problem && error.code === "SCAN_TOO_COSTLY") this.#remember(expression);
      throw error;
    } finally {
      await run.return(undefined);
    }
  }

  #remember(expression: string): void {
    if (this.#costly.size >= COSTLY_KEPT) this.#costly.clear();
    this.#costly.set(expression, this.#deps.now() + COSTLY_MS);
  }
}
