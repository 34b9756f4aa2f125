const FIRST = 213;
const HIGHER_VERSION = 612;
/** Characters of a version that a broker tells in words. */
const DESC_MAX = 64;

/** A release, e.g. `5.1.4`. */
export type Release = `${number}.${number}.${number}`;

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

/** Ordinal of a release since 4.0.0, the reverse of `versionName`. */
export function versionOrdinal(release: Release): number {
  const [major = 0, minor = 0, patch = 0] = release.split(".").map(Number);
  return FIRST + (major - 4) * 200 + minor * 20 + patch * 2;
}

/** `V5_5_0`, as brokers tell it in words, as `5.5.0`; null where they tell nothing. */
export function describedVersion(desc: string | undefined): string | null {
  if (desc === undefined || desc === "") return null;
  return desc.slice(0, DESC_MAX).replace(/^V/, "").replaceAll("_", ".");
}
