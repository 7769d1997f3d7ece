import type { Both } from "./evidence.ts";

/** Text as text, whatever is in it. */
export function escaped(text: string): string {
  const entities: Record<string, string> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&#39;",
  };
  return text.replaceAll(/[&<>"']/g, (letter) => entities[letter] ?? letter);
}

/** Text of the results: the page shows the one or the other. */
export function both({ own, reference }: Both, className = "figure"): string {
  const nothing = "not measured";
  const shown = own ?? reference ?? nothing;
  return (
    `<span class="${className}" data-own="${escaped(own ?? nothing)}" ` +
    `data-reference="${escaped(reference ?? nothing)}">${escaped(shown)}</span>`
  );
}
