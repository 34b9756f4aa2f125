/** Text that this tab alone keeps, over a reload too: what somebody typed belongs in no URL. */
export function keptInTab(key: string): string | null {
  try {
    return sessionStorage.getItem(`rocketdeck.${key}`);
  } catch {
    return null;
  }
}

export function keepInTab(key: string, value: string): void {
  try {
    sessionStorage.setItem(`rocketdeck.${key}`, value);
  } catch {
    // it then stays as long as the page
  }
}

/** Forgets what was typed in this tab: somebody else may sit here next. */
export function forgetTab(): void {
  try {
    for (const key of Object.keys(sessionStorage)) if (key.startsWith("rocketdeck.")) sessionStorage.removeItem(key);
  } catch {
    // nothing is kept there then
  }
}

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
