import { z } from "zod";
import type { Connection } from "#contract/instance.ts";
import { keepsSecret } from "#contract/rules/secrets.ts";
import { Problem } from "../../base/problem.ts";
import type { InstanceRow } from "../../store/schema.ts";
import type { Secrets } from "../../store/secrets.ts";

const secretContext = (id: string) => `instance:${id}:secretKey`;

/** The secret of an instance, opened. */
export const secretOf = ({ id, secretKey }: InstanceRow, secrets: Secrets): string | undefined =>
  secretKey === null ? undefined : secrets.open(secretKey, secretContext(id));

export type ConnectionColumns = Pick<
  InstanceRow,
  | "namesrvAddrs"
  | "clusterName"
  | "accessKey"
  | "secretKey"
  | "tls"
  | "tlsCa"
  | "tlsVerify"
  | "proxyAddrs"
  | "proxyRemotingAddrs"
  | "metricsUrl"
>;

const Addresses = z.array(z.string());

const secretUse = (row: InstanceRow) => ({
  namesrvAddrs: Addresses.parse(JSON.parse(row.namesrvAddrs)),
  proxyRemotingAddrs: Addresses.parse(JSON.parse(row.proxyRemotingAddrs)),
  tls: row.tls === 1,
  tlsVerify: row.tlsVerify === 1,
});

const given = (text: string | undefined): string | undefined => (text === undefined || text === "" ? undefined : text);

/**
 * What an edited form means: a secret or a certificate that was left out is the stored one, unless its access key changed.
 * Whoever is shown a signature can guess at the secret, so it is asked for again before it is used elsewhere or less safely.
 */
export function completed(connection: Connection, stored: InstanceRow | undefined, secrets: Secrets): Connection {
  const accessKey = given(connection.accessKey);
  const { tlsCa = stored?.tlsCa ?? undefined } = connection;
  const keeps = stored?.secretKey != null && stored.accessKey === accessKey && connection.secretKey === undefined;
  if (keeps && !keepsSecret(secretUse(stored), connection)) {
    throw new Problem("SECRET_NEEDED", { issues: [{ path: "secretKey", message: "secretAgain" }] });
  }
  const secretKey = keeps ? secretOf(stored, secrets) : given(connection.secretKey);
  if (accessKey !== undefined && secretKey === undefined) {
    throw new Problem("BAD_REQUEST", { issues: [{ path: "secretKey", message: "required" }] });
  }
  return { ...connection, accessKey, secretKey: accessKey === undefined ? undefined : secretKey, tlsCa: given(tlsCa) };
}

/** Columns of a completed connection, its secret sealed. */
export function connectionColumns(id: string, connection: Connection, secrets: Secrets): ConnectionColumns {
  const { secretKey } = connection;
  return {
    namesrvAddrs: JSON.stringify(connection.namesrvAddrs),
    clusterName: given(connection.clusterName) ?? null,
    accessKey: connection.accessKey ?? null,
    secretKey: secretKey === undefined ? null : secrets.seal(secretKey, secretContext(id)),
    tls: connection.tls ? 1 : 0,
    tlsCa: connection.tlsCa ?? null,
    tlsVerify: connection.tlsVerify ? 1 : 0,
    proxyAddrs: JSON.stringify(connection.proxyAddrs),
    proxyRemotingAddrs: JSON.stringify(connection.proxyRemotingAddrs),
    metricsUrl: connection.metricsUrl ?? null,
  };
}

type Reach = Pick<
  Connection,
  "namesrvAddrs" | "clusterName" | "accessKey" | "secretKey" | "tls" | "tlsCa" | "tlsVerify"
>;

const reach = (to: Reach): string =>
  JSON.stringify([to.namesrvAddrs, given(to.clusterName), to.accessKey, to.secretKey, to.tls, to.tlsCa, to.tlsVerify]);

/** Whether a test of the one says nothing of the other. */
export const leadsElsewhere = (before: Reach, after: Reach): boolean => reach(before) !== reach(after);
