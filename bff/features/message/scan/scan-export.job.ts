import type { ExportForm } from "#contract/rules/message-export.ts";
import type { ScanSource } from "#contract/scan.ts";
import type { Deps } from "../../../api/deps.ts";
import type { JobContext, JobKind, RowResult } from "../../../jobs/job.ts";
import type { StoredMessage } from "../../../rocketmq/codec/stored-message.ts";
import { MessageExport } from "../message-export.ts";
import type { CostlyFilters } from "./costly-filters.ts";
import type { ScanPaces } from "./scan-source.ts";
import { Scan } from "./scan.ts";

export type ScanExport = ScanSource & ExportForm & { expression: string };

/** Writes hits; false once the file is full. */
async function writeAll(out: MessageExport, hits: readonly StoredMessage[]): Promise<boolean> {
  for (const hit of hits) if ((await out.add(hit)) === "full") return false;
  return true;
}

function outcomeOf({ notJudged }: Scan["figures"], isFull: boolean): RowResult {
  if (isFull) return { state: "failed", code: "FULL" };
  return notJudged > 0 ? { state: "ok", code: "MARKED", detail: String(notJudged) } : { state: "ok" };
}

async function writeHits(ctx: JobContext, out: MessageExport, scan: Scan, hits: ReturnType<Scan["run"]>) {
  let isFull = false;
  try {
    while (!isFull) {
      const { done, value } = await hits.next();
      if (done === true) break;
      isFull = !(await writeAll(out, value));
      ctx.summary({ messages: scan.figures.hits, of: scan.figures.messages });
    }
  } finally {
    await hits.return(undefined);
  }
  return outcomeOf(scan.figures, isFull);
}

/** Writes every message that a scan finds to a file: a row for the scan, and one for each broker or queue that could not be read. */
export const scanExport = (
  deps: Deps,
  { paces, costly }: { paces: ScanPaces; costly: CostlyFilters },
): JobKind<ScanExport> => ({
  kind: "scan.export",
  action: "message:read",
  describe: ({ topic, expression, format, body }) => ({ topic, expression, format, body }),
  async run(ctx, { expression, format, body, ...source }) {
    const { signal } = ctx;
    const cluster = await deps.clusters.get(source.instanceId);
    const scan = await Scan.open(cluster, source, costly.filterOf(expression), signal);
    const form: ExportForm = { format, body };
    const file = await ctx.file(MessageExport.named(`scan-${source.topic}`, form));
    const out = new MessageExport(file, form, [], () => ({}));
    await out.begin();
    await ctx.begin(1, source.topic);
    try {
      ctx.settle(1, await writeHits(ctx, out, scan, scan.run(cluster, { pace: paces.of(cluster), signal })));
    } catch (error) {
      costly.ended(scan.filter, error);
      if (!signal.aborted) throw error;
      ctx.settle(1, { state: "cancelled" });
    }
    const { failures } = scan;
    for (const [index, { target, error }] of failures.entries())
      ctx.record(index + 2, target, { state: "failed", code: error.code, detail: error.remark ?? error.address });
    ctx.total(1 + failures.length);
  },
});
