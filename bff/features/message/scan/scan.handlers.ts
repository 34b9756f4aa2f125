import { api } from "../../../api/api.ts";
import { askedBy, type Deps } from "../../../api/deps.ts";
import { TailPlaces } from "../tail-places.ts";
import { CostlyFilters } from "./costly-filters.ts";
import { scanCost } from "./scan-cost.ts";
import { scanExport } from "./scan-export.job.ts";
import { readFilter } from "./scan-filter.ts";
import { ScanPaces } from "./scan-source.ts";
import { ScanStreams } from "./scan-stream.ts";
import { wouldMatch } from "./would-match.ts";

/** Scans of one person, and of all: each reads as fast as brokers give. */
const PLACES = { ofOne: 6, ofAll: 16, full: "TOO_MANY_SCANS" } as const;

export function scanHandlers(deps: Deps) {
  const paces = new ScanPaces(deps.config.scanMbPerSecond);
  const costly = new CostlyFilters(deps.now);
  const streams = new ScanStreams(deps, { paces, costly });
  const places = new TailPlaces(PLACES);
  const exporting = scanExport(deps, { paces, costly });
  return {
    check: api.scan.check.handler(({ input }) => {
      const read = readFilter(input.expression);
      return { fault: "fault" in read ? read.fault : null };
    }),
    cost: api.scan.cost.handler(({ input, signal }) => scanCost(askedBy(deps, signal), paces, input, signal)),
    run: api.scan.run.handler(async ({ input, context, signal = new AbortController().signal }) => {
      const { username } = context.user;
      places.assertFree(username);
      const scan = await streams.open(username, input, signal);
      const events = (ended: AbortSignal) => places.hold(username, streams.events(username, input, scan, ended));
      return context.stream(deps.auth.during(context.who, signal, events));
    }),
    export: api.scan.export.handler(async ({ input, context }) => {
      costly.filterOf(input.expression);
      await deps.clusters.get(input.instanceId);
      const { id } = await deps.jobs.start(exporting, input, { instanceId: input.instanceId, user: context.user });
      return { jobId: id };
    }),
    wouldMatch: api.scan.wouldMatch.handler(({ input, signal }) => wouldMatch(askedBy(deps, signal), input, signal)),
  };
}
