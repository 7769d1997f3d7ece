import type { Run, Runs } from "#shared/results.ts";
import { median, range } from "./statistics.ts";

const clocks = ["response", "activation"] as const;

/** Runs of one plan with their medians and ranges; undefined if there are none. */
export function summedUp(runs: Run[]): Runs | undefined {
  if (runs.length === 0) {
    return undefined;
  }
  const each = <Figure>(summary: (values: (number | null)[]) => Figure) => {
    const of = (clock: (typeof clocks)[number]) => {
      const p99s = runs.flatMap((run) => (run[clock].p99Ms === undefined ? [] : [run[clock].p99Ms]));
      return {
        p50Ms: summary(runs.map((run) => run[clock].p50Ms)),
        // A median over some of the runs would be another one's: it needs all.
        ...(p99s.length === runs.length && { p99Ms: summary(p99s) }),
        maxMs: summary(runs.map((run) => run[clock].maxMs)),
      };
    };
    return { response: of("response"), activation: of("activation") };
  };
  return { runs, median: each(median), range: each(range) };
}
