import { escaped } from "#shared/html.ts";
import type { Both } from "./evidence.ts";

/** Text of the results: the page shows the one or the other. */
export function both({ own, reference }: Both, className = "figure"): string {
  const nothing = "not measured";
  const shown = own ?? reference ?? nothing;
  return (
    `<span class="${className}" data-own="${escaped(own ?? nothing)}" ` +
    `data-reference="${escaped(reference ?? nothing)}">${escaped(shown)}</span>`
  );
}
