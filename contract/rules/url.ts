/** What is wrong with an address of the web that is stored and shown: it may hold no password. Key of its issue. */
export function urlFault(text: string): "url" | "urlWithPassword" | undefined {
  if (!URL.canParse(text)) return "url";
  const { protocol, username, password } = new URL(text);
  if (protocol !== "http:" && protocol !== "https:") return "url";
  return username === "" && password === "" ? undefined : "urlWithPassword";
}
