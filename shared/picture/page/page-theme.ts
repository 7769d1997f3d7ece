import { darkTheme, lightTheme } from "../theme.ts";
import type { Theme } from "../theme.ts";

export interface PageTheme {
  current: () => Theme;
  toggle: () => void;
  onChange: (listener: () => void) => void;
}

/** Light or dark as the system says, until the reader chooses. Light if `isPrinted`. */
export function createPageTheme(isPrinted = false): PageTheme {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const listeners: (() => void)[] = [];
  let chosen: boolean | undefined = isPrinted ? false : undefined;
  const isDark = () => chosen ?? system.matches;
  const show = () => {
    document.documentElement.dataset["theme"] = isDark() ? "dark" : "light";
    for (const listener of listeners) {
      listener();
    }
  };
  system.addEventListener("change", show);
  show();
  return {
    current: () => (isDark() ? darkTheme : lightTheme),
    toggle: () => {
      chosen = !isDark();
      show();
    },
    onChange: (listener) => listeners.push(listener),
  };
}
