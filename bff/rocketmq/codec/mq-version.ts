const FIRST = 213;
const HIGHER_VERSION = 612;

/**
 * Name of a client's or broker's version, e.g. `5.5.0`; null before 4.0.0 and beyond what is known.
 * Since 4.0.0 (ordinal 213) each patch has two ordinals (snapshot, release) and each minor ten patches. Source: MQVersion.java.
 */
export function versionName(ordinal: number): string | null {
  const at = ordinal - FIRST;
  if (at < -1 || ordinal >= HIGHER_VERSION) return null;
  const snapshot = ordinal % 2 === 0;
  const release = snapshot ? at + 1 : at;
  const name = `${4 + Math.floor(release / 200)}.${Math.floor((release % 200) / 20)}.${(release % 20) / 2}`;
  return snapshot ? `${name}-SNAPSHOT` : name;
}
