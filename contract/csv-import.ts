import { z } from "zod";
import { EpochMs, Failure, InstanceRef, ListInput, pageOf } from "./list.ts";
import { row, type AuditLevel, type ResourceKind } from "./row.ts";

/** `create`: something would be written. `differs`: it exists with another configuration or remark, which an import never changes. */
export const ImportRowState = z.enum(["create", "exists", "differs", "invalid"]);
export type ImportRowState = z.infer<typeof ImportRowState>;

/** Values by column name: all that would be written of a new row, of another what the file says. */
const Values = z.record(z.string(), z.string());

/** A line of the file and what would become of it. */
export const ImportRow = z.object({
  /** Position among the rows, from 1. */
  n: z.number().int(),
  /** Line of the file on which it begins, the header being 1. */
  line: z.number().int(),
  name: z.string(),
  values: Values,
  state: ImportRowState,
  /** What is wrong: keys of the text in `csv-import:fault`, with the column where it is about one. */
  faults: z.array(
    z.object({
      key: z.string(),
      column: z.string().optional(),
      params: z.record(z.string(), z.union([z.string(), z.number()])),
    }),
  ),
  /** Brokers on which it would be created. */
  createOn: z.array(z.string()),
  /** Brokers that have it, but of which name servers do not say that it is ordered there: they are told. */
  orderOn: z.array(z.string()),
  /** What chosen brokers have under this name. */
  stored: z.array(z.object({ brokerName: z.string(), values: Values })),
  /** What this console keeps as the remark of what exists, where the row says another; it stays. */
  remark: z.string().nullable(),
  /** What the row says and brokers are too old to keep, by the columns: of those where it is or would be. */
  notKept: z.array(z.object({ brokerName: z.string(), columns: z.array(z.string()) })),
});
export type ImportRow = z.infer<typeof ImportRow>;

/**
 * The result of a dry run. It never changes, so that Start does what was shown, and is kept for who made it, half an hour at most:
 * where many files are checked, newer ones take its place, and of a file checked many times the first checks go.
 */
export const ImportCheck = z.object({
  id: z.string(),
  fileName: z.string(),
  encoding: z.enum(["UTF-8", "UTF-16", "GBK"]),
  /** Columns of the file that the import reads, by their own names. */
  columns: z.array(z.string()),
  /** Columns of the file that the import does not know. */
  ignoredColumns: z.array(z.string()),
  /** Brokers on which rows are created that do not name any, or all rows where brokers were chosen. */
  brokers: z.array(z.string()),
  /** Whether rows go where the file says or to chosen brokers; null where it does not say. */
  placement: z.enum(["file", "chosen"]).nullable(),
  total: z.number().int(),
  counts: z.record(ImportRowState, z.number().int()),
  /** Brokers that did not say what they have; nothing is created there unless they do when the import starts. */
  failures: z.array(Failure),
  at: EpochMs,
  /** When it is forgotten at the latest. */
  expiresAt: EpochMs,
  /** The job, once it was started. */
  jobId: z.string().nullable(),
});
export type ImportCheck = z.infer<typeof ImportCheck>;

const CheckRef = InstanceRef.extend({ checkId: z.string().min(1).max(64) });
const Brokers = z.array(z.string().min(1).max(127)).min(1, "brokers.none").max(256);

type Imported = "topic" | "group";

/**
 * A file is checked (nothing is written), looked at row by row, then started as a job `csvImport.topic` or `csvImport.group`.
 * Rows of the job are those of the file, `skipped` where the check showed that nothing would be created; `data` has `{ line, created, failed }`, brokers where it was created and where not, or the `faults` that the check showed.
 */
const importContract = (what: Imported, tag: string) => {
  const path = `/instances/{instanceId}/${what}-imports` as const;
  const may = (on: ResourceKind, audit: AuditLevel = "none") => row(`${what}:create`, { on, audit });
  return {
    /** The header and two rows as an example. */
    template: may("console")
      .route({ method: "GET", path: `/${what}-import-template.csv`, tags: [tag] })
      .output(z.file()),
    /** Reads a CSV file and says what each row would do; without `brokers` on those that the row names, else on every broker. */
    check: may("instance")
      .route({ method: "POST", path, tags: [tag], successStatus: 201 })
      .input(InstanceRef.extend({ file: z.file(), brokers: Brokers.optional() }))
      .output(ImportCheck),
    /** The same file once more: on other brokers, or because something changed meanwhile. */
    recheck: may("instance")
      .route({ method: "POST", path: `${path}/{checkId}/recheck`, tags: [tag], successStatus: 201 })
      .input(CheckRef.extend({ brokers: Brokers.optional() }))
      .output(ImportCheck),
    get: may("import")
      .route({ method: "GET", path: `${path}/{checkId}`, tags: [tag] })
      .input(CheckRef)
      .output(ImportCheck),
    rows: may("import")
      .route({ method: "GET", path: `${path}/{checkId}/rows`, tags: [tag] })
      .input(ListInput.extend(CheckRef.shape).extend({ state: ImportRowState.optional() }))
      .output(pageOf(ImportRow)),
    /** Creates what the check showed as new. Started twice it is the same job. */
    start: may("import", "write")
      .route({ method: "POST", path: `${path}/{checkId}/start`, tags: [tag], successStatus: 202 })
      .input(CheckRef)
      .output(z.object({ jobId: z.string() })),
  };
};

export const topicImportContract = importContract("topic", "Topics");
export const groupImportContract = importContract("group", "Groups");
