import { join } from "node:path";
import { UsageError } from "#shared/command.ts";
import { ResultsError } from "#shared/results.ts";
import type { Results } from "#shared/results.ts";
import { measuredFolders, referenceFolder, readResults } from "../bench/figures/kept-results.ts";
import { viewOf } from "../bench/figures/view.ts";
import type { Part, ResultsView } from "../bench/figures/view.ts";

/** Results, and their folder, which has their traces too. */
export interface DeckView extends ResultsView {
  folder: string;
}

/** What was measured, part by part: a storm that was run after the day doesn't hide the day. */
export type ResultsByPart = Partial<Record<Part, DeckView>>;

/** What a deck can show: the presenter's own results, and the committed reference. There is at least one of them. */
export interface DeckResults {
  own: ResultsByPart | undefined;
  reference: ResultsByPart | undefined;
}

interface Wanted {
  root: string;
  /** Takes your results from this folder only. */
  from?: string | undefined;
  /** Only the reference. */
  referenceOnly?: boolean;
}

const parts = ["day", "storm", "outage", "rush", "kills", "sweep"] as const;

/**
 * The newest complete own results, and the reference. Throws `ResultsError` if the newest, or the reference, have another schema, and a
 * {@link UsageError} if there is neither.
 */
export function readDeckResults({ root, from, referenceOnly = false }: Wanted): DeckResults {
  // The labs have a separate run. If both runs have a part, the chapters' run counts.
  const folders = [referenceFolder(root), join(referenceFolder(root), "labs")];
  const reference = together(
    folders.flatMap((folder) => {
      const results = readResults(folder, root);
      return results ? [byPart(results, folder)] : [];
    }),
  );
  const own = referenceOnly ? undefined : from === undefined ? readNewest(root) : readFolder(from);
  if (own === undefined && reference === undefined) {
    throw new UsageError(
      "Expected results in bench/results or bench/reference, found none; type `npm run bench`, or `git restore bench/reference`.",
    );
  }
  return { own, reference };
}

/** Each part from the first run that has it. */
const together = (runs: readonly ResultsByPart[]): ResultsByPart | undefined =>
  runs.length === 0 ? undefined : Object.assign({}, ...runs.toReversed());

function readFolder(folder: string): ResultsByPart {
  const results = readResults(folder);
  if (results === undefined) {
    throw new UsageError(`Expected a results.json in ${folder}, found none; name a folder of bench/results.`);
  }
  if (!results.complete) {
    throw new UsageError(
      `Expected complete results in ${folder}, got some of a benchmark that was stopped; name another folder.`,
    );
  }
  return byPart(results, folder);
}

function readNewest(root: string): ResultsByPart | undefined {
  const runs: ResultsByPart[] = [];
  for (const [at, folder] of measuredFolders(root).entries()) {
    try {
      const results = readResults(folder, root);
      runs.push(...(results?.complete === true ? [byPart(results, folder)] : []));
    } catch (error) {
      // Older results with an older schema are history, but the newest are what the presenter wants to show.
      if (!(error instanceof ResultsError) || at === 0) {
        throw error;
      }
    }
    if (parts.every((part) => runs.some((run) => run[part]))) {
      break;
    }
  }
  return together(runs);
}

function byPart(results: Results, folder: string): ResultsByPart {
  const view = { ...viewOf(results), folder };
  const { day, storm, ...ofLabs } = view.trials;
  // A lab's run has the days of two chapters, and a run on an account has days without trouble. They must not hide the days of a run of
  // all chapters.
  const isApart = view.rows.some(({ id }) => id.startsWith("lab-") || id === "08");
  const has = { day: day && !isApart, storm: storm && !isApart, ...ofLabs, sweep: view.sweep };
  return Object.fromEntries(parts.filter((part) => has[part]).map((part) => [part, view]));
}
