/** Bodies of trace messages as clients write them, for tests: fields of each record. */
export const traceBody = (...records: readonly (readonly (string | number | boolean)[])[]): Buffer =>
  Buffer.from(records.map((fields) => `${fields.join("\u0001")}\u0002`).join(""));

interface Sent {
  id: string;
  at?: number;
  cost?: number;
  keys?: string;
  topic?: string;
}

/** A `Pub` of the Java client. */
export const pub = ({ id, at = Date.now(), cost = 3, keys = "null", topic = "orders" }: Sent) =>
  ["Pub", at, "DefaultRegion", "shop", topic, id, "null", keys, "127.0.0.1:10911", 9, cost, 0, "null", true] as const;

interface Given extends Sent {
  request: string;
  group?: string;
  attempt?: number;
}

export const before = ({ id, request, at = Date.now(), group = "billing", attempt = 0, keys = "null" }: Given) =>
  ["SubBefore", at, "DefaultRegion", group, request, id, attempt, keys] as const;

export const after = ({ id, request, at = Date.now(), group = "billing", cost = 2, keys = "null" }: Given) =>
  ["SubAfter", request, id, cost, true, keys, 0, at, group] as const;
