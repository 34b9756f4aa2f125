// Runs before the first paint, so that neither theme nor language flashes; a file of its own because the CSP allows no inline script.
(() => {
  const kept = (key) => {
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  };
  const theme = kept("rocketdeck.theme");
  const dark = theme === "dark" || (theme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset.theme = dark ? "dark" : "light";
  document.documentElement.lang = kept("rocketdeck.lang") ?? (/^zh/i.test(navigator.language) ? "zh-CN" : "en-US");
})();
