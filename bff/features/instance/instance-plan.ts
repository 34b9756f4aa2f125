import { createHmac } from "node:crypto";
import { z } from "zod";
import type { InstancePlan } from "#contract/instance.ts";
import type { Unkept } from "#contract/plan.ts";
import type { InstanceRow } from "../../store/schema.ts";
import type { Secrets } from "../../store/secrets.ts";
import { secretOf } from "./connection.ts";
import { toldMetricsUrl } from "./instance.presenter.ts";

const MASKED = "••••";

const Addresses = z.array(z.string());
const Tags = z.record(z.string(), z.string());
const addresses = (json: string) => Addresses.parse(JSON.parse(json)).join(" ");
const yesNo = (bit: number) => String(bit === 1);

function metricsUrlInWords(row: InstanceRow): string | null {
  const { metricsUrl, hasMetricsSecret } = toldMetricsUrl(row);
  return hasMetricsSecret ? [metricsUrl, MASKED].filter(Boolean).join(" ") : metricsUrl;
}

/** Fields that a person can change, in words; what may not be told is only said to be there. */
const fields: Readonly<Record<string, (row: InstanceRow) => string | null>> = {
  name: ({ name }) => name,
  description: ({ description }) => description,
  tags: ({ tags }) =>
    Object.entries(Tags.parse(JSON.parse(tags)))
      .map(([key, value]) => `${key}=${value}`)
      .sort()
      .join(" "),
  namesrvAddrs: ({ namesrvAddrs }) => addresses(namesrvAddrs),
  clusterName: ({ clusterName }) => clusterName,
  accessKey: ({ accessKey }) => accessKey,
  secretKey: ({ secretKey }) => (secretKey === null ? null : MASKED),
  tls: ({ tls }) => yesNo(tls),
  tlsVerify: ({ tlsVerify }) => yesNo(tlsVerify),
  tlsCa: ({ tlsCa }) => (tlsCa === null ? null : MASKED),
  proxyAddrs: ({ proxyAddrs }) => addresses(proxyAddrs),
  proxyRemotingAddrs: ({ proxyRemotingAddrs }) => addresses(proxyRemotingAddrs),
  metricsUrl: metricsUrlInWords,
};

const given = (text: string | null) => (text === "" ? null : text);

/** What is stored of what lines only show masked, as a keyed digest: a change of it in between makes a plan stale. */
export const digestOfMasked = (row: InstanceRow, secrets: Secrets): string =>
  createHmac("sha256", secrets.derive("masked"))
    .update(JSON.stringify([secretOf(row, secrets), row.tlsCa, row.metricsUrl]))
    .digest("hex");

/** What differs between two states of an instance. */
export function fieldChanges(before: InstanceRow, after: InstanceRow, secrets: Secrets): InstancePlan["changes"] {
  const differs = (field: string) => {
    if (field === "secretKey") return secretOf(before, secrets) !== secretOf(after, secrets);
    if (field === "tlsCa") return before.tlsCa !== after.tlsCa;
    return given(fields[field]?.(before) ?? null) !== given(fields[field]?.(after) ?? null);
  };
  return Object.entries(fields)
    .filter(([field]) => differs(field))
    .map(([field, of]) => ({ field, before: given(of(before)), after: given(of(after)) }));
}

export const planOfFields = (changes: InstancePlan["changes"]): Unkept<InstancePlan> => ({
  changes,
  blocked: null,
  warnings: [],
  commands: [],
  failures: [],
});
