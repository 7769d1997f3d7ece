import type { ChapterResult } from "#shared/results.ts";

/** Why figures of these rows can't be relied on, each with the row's label; nothing if all can. */
export function distrusted(chapters: readonly ChapterResult[]): string[] {
  return chapters.flatMap(({ label, day, storm, sweep = [] }) => [
    ...reasonsOf(day?.runs ?? [], label, "day"),
    ...reasonsOf(storm?.runs ?? [], label, "storm"),
    ...sweep.flatMap(({ perSecond, reasons }) =>
      reasons.map((reason) => `${label} at ${perSecond} a second: ${reason}`),
    ),
  ]);
}

function reasonsOf(runs: readonly { reasons: string[] }[], label: string, kind: string): string[] {
  return runs.flatMap(({ reasons }, at) => {
    const which = runs.length > 1 ? `, ${kind} ${at + 1}` : "";
    return reasons.map((reason) => `${label}${which}: ${reason}`);
  });
}
