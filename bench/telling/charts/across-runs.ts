import type { Quantiles, Run } from "#shared/results.ts";

/** What the runs have in common beside their median: the slowest that finished in any, and all that never did. */
export function acrossRuns(
  runs: readonly Run[],
  clock: "response" | "activation",
): Pick<Quantiles, "never" | "slowestFinishedMs" | "watchedMs"> {
  const all = runs.map((run) => run[clock]);
  const slowest = all.flatMap(({ slowestFinishedMs }) => slowestFinishedMs ?? []);
  const watched = all.flatMap(({ watchedMs }) => watchedMs ?? []);
  return {
    never: all.reduce((sum, { never }) => sum + never, 0),
    ...(slowest.length > 0 && { slowestFinishedMs: Math.max(...slowest) }),
    ...(watched.length > 0 && { watchedMs: Math.max(...watched) }),
  };
}
