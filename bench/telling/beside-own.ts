import { isDeepStrictEqual } from "node:util";
import { ResultsError } from "#shared/results.ts";
import type { Plan, Results } from "#shared/results.ts";
import { referenceResults } from "../figures/kept-results.ts";
import { summedUp } from "../figures/run.ts";
import { viewOf } from "../figures/view.ts";
import type { RowView } from "../figures/view.ts";
import type { Beside } from "./table.ts";

/** What to show beside a participant's version of a chapter: the reference's row of it. */
export function besideOwn(results: Results, begunAs: string): Beside {
  if (results.plans.day === undefined) {
    return { rows: [], sentences: [] };
  }
  const { rows, words } = referenceOf(results, begunAs);
  return { rows, sentences: words.map((text) => ({ word: "", text })) };
}

function referenceOf(results: Results, chapter: string): { rows: RowView[]; words: string[] } {
  try {
    const reference = referenceResults();
    const rows = reference ? sameDays(results, reference, chapter) : [];
    if (reference === undefined || rows.length === 0) {
      return { rows, words: [] };
    }
    const day = reference.startedAt.slice(0, 10);
    const words = `The reference is ${chapter} on ${day} with the same customers (${reference.environment.machine}).`;
    return { rows, words: [words] };
  } catch (error) {
    if (error instanceof ResultsError) {
      // A reference that can't be read must not hide what was measured now.
      return { rows: [], words: [error.message] };
    }
    throw error;
  }
}

/** The reference's row of a chapter, for the days with the same customers, weather and troubles. */
export function sameDays(results: Results, reference: Results, chapter: string): RowView[] {
  if (!isSamePlan(results.plans.day, reference.plans.day)) {
    return [];
  }
  const seeds = new Set(results.chapters.flatMap(({ day }) => (day?.runs ?? []).map(({ seed }) => seed)));
  const chapters = reference.chapters
    .filter(({ id }) => id === chapter)
    .flatMap((row) => {
      const runs = (row.day?.runs ?? []).filter(({ seed }) => seeds.has(seed));
      // Counts are sums over the days, so fewer days can't be compared.
      return runs.length === seeds.size ? [{ ...row, label: "reference", day: summedUp(runs) }] : [];
    });
  return [...(viewOf({ ...reference, chapters }).trials.day?.rows ?? [])];
}

function isSamePlan(one: Plan | undefined, other: Plan | undefined): boolean {
  return (
    one !== undefined && other !== undefined && isDeepStrictEqual({ ...one, runs: 0 }, { ...other, runs: 0 })
  );
}
