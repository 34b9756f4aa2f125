const HEX_ID = /^[\da-f]{32,56}$/i;
const WRITTEN_ID = /^(?:0x)?([\da-f]{32,56})$/i;

/** What stands between ids and the words around them: what is not ASCII, marks, a full stop or colon at a word's end, the colon after a name such as `msgId`. */
const BETWEEN = /[^!-~]|[,;="'`()[\]{}<>|&*\\]|[.:!?](?!\w)|(?<=id|key):/i;

/** From the first to the last character that an id may have. */
const TYPED = /[^\s\p{Cf}"',;[\]](?:.*[^\s\p{Cf}"',;[\]])?/su;

interface Named {
  /** The word before them. */
  name: string;
  ids: string[];
}

function namedIds(copied: string): Named[] {
  let last: Named = { name: "", ids: [] };
  const found: Named[] = [];
  for (const part of copied.split(BETWEEN)) {
    const id = WRITTEN_ID.exec(part)?.[1];
    if (id === undefined && part !== "") last = { name: part.toLowerCase(), ids: [] };
    if (id !== undefined && last.ids.push(id) === 1) found.push(last);
  }
  return found;
}

/** How Java clients log both ids of a message: the one that it has as `msgId`, and its other one. Source: SendResult.java, MessageExt.java. */
const PAIRS = [
  { msgId: "ofClient", other: "offsetmsgid" },
  { msgId: "ofPlace", other: "uniq_key" },
] as const;

/** Of messages that are told by both their ids, the one to look for. */
function once(found: readonly Named[], topic: string | undefined): string[] {
  const wanted = topic === undefined ? "ofPlace" : "ofClient";
  const left: Named[] = [];
  for (const now of found) {
    const before = left.at(-1);
    const pair = PAIRS.find(({ other }) => other === now.name);
    const isPair = pair !== undefined && /^msgids?$/.test(before?.name ?? "") && before?.ids.length === now.ids.length;
    if (!isPair) left.push(now);
    else if (pair.msgId !== wanted) left.splice(-1, 1, now);
  }
  return left.flatMap(({ ids }) => ids);
}

/**
 * The ids in what somebody copied, one a message: an id with its quotes or a comma, those of a batch, or the line that a client logged.
 * Of a message told by both its ids it is the client's where the topic is known, as that leads to what was delivered, else the place,
 * which needs no topic. An id may be any text, so what is no hex stays as it is.
 */
export function messageIdsIn(copied: string, topic?: string): string[] {
  const ids = once(namedIds(copied), topic);
  return ids.length === 0 ? [TYPED.exec(copied)?.[0] ?? ""] : [...new Set(ids)];
}

/** How it may be stored: clients and brokers tell hex in capitals. */
export const spellingsOf = (id: string): string[] => (HEX_ID.test(id) ? [...new Set([id.toUpperCase(), id])] : [id]);
