const HEX_ID = /^[\da-f]{32,56}$/i;

/** The ids in what somebody copied: one with its quotes or a comma, those of a batch, or the line that a client logged. An id may be any text, so what is no hex stays as it is. */
export function messageIdsIn(copied: string): string[] {
  const id = copied.replaceAll(/^[\s"',;[]+|[\s"',;\]]+$/g, "");
  const ids = id.split(/[\s,;="'[\]]+/).filter((part) => HEX_ID.test(part));
  return ids.length === 0 ? [id] : [...new Set(ids)];
}

/** How it may be stored: clients and brokers tell hex in capitals. */
export const spellingsOf = (id: string): string[] => (HEX_ID.test(id) ? [...new Set([id.toUpperCase(), id])] : [id]);
