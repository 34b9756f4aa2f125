import type { Connection, Instance } from "#contract/instance.ts";
import { urlFault } from "#contract/rules/url.ts";
import { keepsSecret } from "#contract/rules/secrets.ts";

/** A connection as it is typed: lists as text, empty meaning not given. */
export interface ConnectionDraft {
  namesrv: string;
  clusterName: string;
  accessKey: string;
  secretKey: string;
  tls: boolean;
  tlsVerify: boolean;
  tlsCa: string;
  proxy: string;
  proxyRemoting: string;
  metricsUrl: string;
}

export const emptyDraft: ConnectionDraft = {
  namesrv: "",
  clusterName: "",
  accessKey: "",
  secretKey: "",
  tls: false,
  tlsVerify: true,
  tlsCa: "",
  proxy: "",
  proxyRemoting: "",
  metricsUrl: "",
};

export function draftOf(instance: Instance): ConnectionDraft {
  return {
    namesrv: instance.namesrvAddrs.join("\n"),
    clusterName: instance.chosenCluster ?? "",
    accessKey: instance.accessKey ?? "",
    secretKey: "",
    tls: instance.tls,
    tlsVerify: instance.tlsVerify,
    tlsCa: "",
    proxy: instance.proxyAddrs.join("\n"),
    proxyRemoting: instance.proxyRemotingAddrs.join("\n"),
    metricsUrl: instance.metricsUrl ?? "",
  };
}

/** Addresses are parted by line ends, commas, semicolons or spaces, as they are pasted from configurations. */
export const addressesOf = (text: string): string[] => [
  ...new Set(text.split(/[\s,;]+/).filter((part) => part !== "")),
];

const ADDRESS = /^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+):\d{1,5}$/;
const faultyAddress = (text: string): string | undefined => addressesOf(text).find((address) => !ADDRESS.test(address));

export type DraftFaults = Partial<Record<keyof ConnectionDraft, { key: string; value?: string }>>;

/** What is wrong with a draft, by field; `stored` says whether a secret is kept for its access key. */
export function draftFaults(draft: ConnectionDraft, stored?: Instance): DraftFaults {
  const faults: DraftFaults = {};
  for (const key of ["namesrv", "proxy", "proxyRemoting"] as const) {
    const value = faultyAddress(draft[key]);
    if (value !== undefined) faults[key] = { key: "address", value };
  }
  if (addressesOf(draft.namesrv).length === 0) faults.namesrv = { key: "required" };
  const sameKey = stored?.hasSecret === true && stored.accessKey === draft.accessKey.trim();
  if (draft.accessKey.trim() !== "" && draft.secretKey === "") {
    if (!sameKey) faults.secretKey = { key: "required" };
    else if (!keepsSecret(stored, connectionOf(draft))) faults.secretKey = { key: "secretAgain" };
  }
  const metricsUrl = draft.metricsUrl.trim();
  const key = metricsUrl === "" ? undefined : urlFault(metricsUrl);
  if (key !== undefined) faults.metricsUrl = { key };
  return faults;
}

const given = (text: string): string | undefined => (text.trim() === "" ? undefined : text.trim());

/** What the API takes; a secret or certificate that was not typed is left out, and so stays as it is stored. */
export function connectionOf(draft: ConnectionDraft): Connection {
  return {
    namesrvAddrs: addressesOf(draft.namesrv),
    clusterName: given(draft.clusterName),
    accessKey: given(draft.accessKey),
    secretKey: draft.secretKey === "" ? undefined : draft.secretKey,
    tls: draft.tls,
    tlsVerify: draft.tlsVerify,
    tlsCa: given(draft.tlsCa),
    proxyAddrs: addressesOf(draft.proxy),
    proxyRemotingAddrs: addressesOf(draft.proxyRemoting),
    metricsUrl: given(draft.metricsUrl),
  };
}
