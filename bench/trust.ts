import type { ChapterResult } from "#shared/results.ts";

type Part = "day" | "storm" | "sweep";

/** Why figures of these rows can't be relied on, each with the row's label; nothing if all can. */
export function distrusted(
  chapters: readonly ChapterResult[],
  parts: readonly Part[] = ["day", "storm", "sweep"],
): string[] {
  return chapters.flatMap(({ label, day, storm, sweep = [] }) => {
    const reasons: Record<Part, string[]> = {
      day: reasonsOf(day?.runs ?? [], label, "day"),
      storm: reasonsOf(storm?.runs ?? [], label, "storm"),
      sweep: sweep.flatMap((point) =>
        point.reasons.map((reason) => `${label} at ${point.perSecond} a second: ${reason}`),
      ),
    };
    return parts.flatMap((part) => reasons[part]);
  });
}

function reasonsOf(runs: readonly { reasons: string[] }[], label: string, kind: string): string[] {
  return runs.flatMap(({ reasons }, at) => {
    const which = runs.length > 1 ? `, ${kind} ${at + 1}` : "";
    return reasons.map((reason) => `${label}${which}: ${reason}`);
  });
}
