import { z } from "zod";
import { problems, type ProblemCode } from "./problem.ts";
import { PAGE_ROWS_MAX } from "./rules/limits.ts";

/** A Java long, or a sum of any number of them: decimal string on our wire, never rounded. */
export const Long = z.string().regex(/^-?\d{1,30}$/);
export type Long = z.infer<typeof Long>;

/** Milliseconds since the epoch; below 2^53 by nature. */
export const EpochMs = z.number().int();

/** Part of a fan-out that failed: which broker or name server, and why. */
export const Failure = z.object({
  /** Broker name, or address where there is no name. */
  target: z.string(),
  code: z.enum(Object.keys(problems) as [ProblemCode, ...ProblemCode[]]),
  responseCode: z.number().int().optional(),
  remark: z.string().optional(),
});
export type Failure = z.infer<typeof Failure>;

/** A switch in a query string too, where `false` arrives as text. */
export const Flag = z.union([z.boolean(), z.stringbool()]);

/** What a write did at one broker, name server or queue. `unknown`: its answer was lost, so that it may have been done although it is not `ok`. Who `follows` does it by itself within some seconds: a slave as its master did, clients that were told. `says`: what the target answers when it is asked afterwards. */
export const Outcome = z.object({
  target: z.string(),
  ok: z.boolean(),
  unknown: z.boolean().optional(),
  follows: z.boolean().optional(),
  says: z.string().optional(),
  failure: Failure.optional(),
});
export type Outcome = z.infer<typeof Outcome>;

/** Names offered for a field, those of brokers that did not answer missing. */
export const Names = z.object({ names: z.array(z.string()), failures: z.array(Failure) });
export type Names = z.infer<typeof Names>;

/** Input that every list takes; extend it with the list's own filters. `page` counts from 1. */
export const ListInput = z.object({
  search: z.string().max(255).optional(),
  page: z.coerce.number().int().min(1).default(1),
  pageSize: z.coerce.number().int().min(1).max(PAGE_ROWS_MAX).default(20),
  sort: z.string().max(32).optional(),
  order: z.enum(["asc", "desc"]).optional(),
  /** Bypass what the BFF has cached: the refresh button. */
  fresh: Flag.optional(),
});
export type ListInput = z.infer<typeof ListInput>;

/** A page of a list: `total` after filtering, `failures` of brokers that did not answer, `at` when the data was read. */
export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), total: z.number().int(), failures: z.array(Failure), at: EpochMs });

/** Kinds of file that a table can be saved as. */
export const TableFormat = z.enum(["csv", "xlsx"]);
export type TableFormat = z.infer<typeof TableFormat>;

export const Id = z.string().min(1).max(64);

export const InstanceRef = z.object({ instanceId: Id });
