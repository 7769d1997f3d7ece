import type { Results } from "#shared/results.ts";
import { counted } from "../format.ts";

/** What was done and what it isn't, under every title. */
export function loadNote({ load, environment }: Results): string {
  const runs = load.runs > 1 ? `, ${load.runs} runs` : "";
  return [
    `${load.customers} customers, ${load.perSecond} a second${runs}; a kill at ${load.killAtMs / 1_000} s`,
    counted(load.poison.length, "poison device"),
    `embedded AWS on ${counted(environment.cores, "core")}, not AWS latencies`,
  ].join("; ");
}
