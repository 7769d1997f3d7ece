import type { ChapterResult } from "#shared/results.ts";
import { trialParts } from "../plan/rows.ts";
import type { TrialPart } from "../plan/rows.ts";

type Part = TrialPart | "sweep";

/** Why figures of these rows can't be relied on, each with the row's label; nothing if all can. */
export function distrusted(
  chapters: readonly ChapterResult[],
  parts: readonly Part[] = [...trialParts, "sweep"],
): string[] {
  return chapters.flatMap((row) => {
    const { label, sweep = [] } = row;
    const ofSweep = sweep.flatMap((point) =>
      point.reasons.map((reason) => `${label} at ${point.perSecond} a second: ${reason}`),
    );
    return parts.flatMap((part) =>
      part === "sweep" ? ofSweep : reasonsOf(row[part]?.runs ?? [], label, part),
    );
  });
}

function reasonsOf(runs: readonly { reasons: string[] }[], label: string, kind: string): string[] {
  return runs.flatMap(({ reasons }, at) => {
    const which = runs.length > 1 ? `, ${kind} ${at + 1}` : "";
    return reasons.map((reason) => `${label}${which}: ${reason}`);
  });
}
