interface SecretUse {
  namesrvAddrs: readonly string[];
  proxyRemotingAddrs: readonly string[];
  tls: boolean;
  tlsVerify: boolean;
}

/** Whether a stored secret may still sign: towards no address that it was not given for, and with no less encryption. A new authority to trust counts as less. */
export function keepsSecret(stored: SecretUse, now: SecretUse & { tlsCa?: string }): boolean {
  const given = new Set([...stored.namesrvAddrs, ...stored.proxyRemotingAddrs]);
  const elsewhere = [...now.namesrvAddrs, ...now.proxyRemotingAddrs].some((address) => !given.has(address));
  const less = stored.tls && (!now.tls || (stored.tlsVerify && (!now.tlsVerify || now.tlsCa !== undefined)));
  return !elsewhere && !less;
}
