import { darkTheme, lightTheme } from "../../charts/drawing/theme.ts";
import type { Theme } from "../../charts/drawing/theme.ts";

/** Calls `use` with the page's theme, now and when it changes: by the system, or by the button, which then decides. */
export function switchTheme(button: HTMLButtonElement | null, use: (theme: Theme) => void): void {
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  let chosen: boolean | undefined;

  const show = () => {
    const isDark = chosen ?? system.matches;
    if (chosen !== undefined) {
      document.documentElement.dataset["theme"] = chosen ? "dark" : "light";
    }
    if (button !== null) {
      button.textContent = isDark ? "Light" : "Dark";
      button.setAttribute("aria-label", `Show the page in ${isDark ? "light" : "dark"} colours`);
      button.hidden = false;
    }
    use(isDark ? darkTheme : lightTheme);
  };
  system.addEventListener("change", show);
  button?.addEventListener("click", () => {
    chosen = !(chosen ?? system.matches);
    show();
  });
  show();
}
