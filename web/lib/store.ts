/** A preference kept in this browser; a private window that refuses storage just forgets it. */
export function kept(key: string): string | null {
  try {
    return localStorage.getItem(`rocketdeck.${key}`);
  } catch {
    return null;
  }
}

export function keep(key: string, value: string): void {
  try {
    localStorage.setItem(`rocketdeck.${key}`, value);
  } catch {
    // the choice then holds until the page is left
  }
}
