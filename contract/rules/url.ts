function webUrl(text: string): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url !== undefined && /^https?:$/.test(url.protocol) ? url : undefined;
}

const isOpen = ({ username, password, search, hash }: URL) => `${username}${password}${search}${hash}` === "";

/** What is wrong with an address of the web that is stored and shown: a user, a password or a query may be a secret. Key of its issue. */
export function urlFault(text: string): "url" | "urlWithSecret" | undefined {
  const url = webUrl(text);
  if (url === undefined) return "url";
  return isOpen(url) ? undefined : "urlWithSecret";
}

/** As much of a stored address as may be shown; null where no part of it can be told from a secret. */
export function openPartOf(text: string): string | null {
  const url = webUrl(text);
  if (url === undefined) return null;
  return isOpen(url) ? text : `${url.origin}${url.pathname}`;
}
