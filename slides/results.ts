import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { UsageError } from "#shared/command.ts";
import { ResultsError, parseResults } from "#shared/results.ts";
import type { Results } from "#shared/results.ts";
import { viewOf } from "../bench/figures/view.ts";
import type { Part, ResultsView } from "../bench/figures/view.ts";

/** What was measured, part by part: a storm that was run after the day doesn't hide the day. */
export type ResultsByPart = Partial<Record<Part, ResultsView>>;

/** What a deck can show: the presenter's own results, and the committed reference. There is at least one of them. */
export interface DeckResults {
  own: ResultsByPart | undefined;
  reference: ResultsByPart | undefined;
}

interface Wanted {
  root: string;
  /** Own results of this folder alone. */
  from?: string | undefined;
  /** Only the reference. */
  referenceOnly?: boolean;
}

const parts = ["day", "storm", "outage", "rush", "sweep"] as const;
const fileName = "results.json";

/**
 * The newest complete own results, and the reference. Throws `ResultsError` where the newest, or the reference, is of
 * another schema, and a {@link UsageError} where there is neither.
 */
export function readDeckResults({ root, from, referenceOnly = false }: Wanted): DeckResults {
  const reference = readReference(root);
  const own = referenceOnly ? undefined : from === undefined ? readNewest(root) : readFolder(from);
  if (own === undefined && reference === undefined) {
    throw new UsageError(
      "Expected results in bench/results or bench/reference, found none; type `npm run bench`, or `git restore bench/reference`.",
    );
  }
  return { own, reference };
}

function readReference(root: string): ResultsByPart | undefined {
  const folder = join(root, "bench", "reference");
  // The labs have a run of their own. Where both runs have a part, the chapters' run counts.
  const files = [join(folder, "labs", fileName), join(folder, fileName)].filter((file) => existsSync(file));
  const read = files.map((file) => byPart(readFile(file, root)));
  return read.length === 0 ? undefined : Object.assign({}, ...read);
}

function readFolder(folder: string): ResultsByPart {
  const file = join(folder, fileName);
  if (!existsSync(file)) {
    throw new UsageError(`Expected a ${fileName} in ${folder}, found none; name a folder of bench/results.`);
  }
  const results = parseResults(readFileSync(file, "utf8"), file);
  if (!results.complete) {
    throw new UsageError(
      `Expected complete results in ${folder}, got some of a benchmark that was stopped; name another folder.`,
    );
  }
  return byPart(results);
}

/** Each part of the newest run that has it. */
function readNewest(root: string): ResultsByPart | undefined {
  const all = join(root, "bench", "results");
  const files = (existsSync(all) ? readdirSync(all) : []).map((folder) => join(all, folder, fileName));
  const newest: ResultsByPart = {};
  // The folders' names are times, so that the newest is the last.
  for (const [at, file] of files
    .filter((each) => existsSync(each))
    .toSorted()
    .toReversed()
    .entries()) {
    try {
      const results = readFile(file, root);
      Object.assign(newest, results.complete ? { ...byPart(results), ...newest } : {});
    } catch (error) {
      // Older results of an older schema are history; the newest ones are what the presenter wants to show.
      if (!(error instanceof ResultsError) || at === 0) {
        throw error;
      }
    }
    if (parts.every((part) => newest[part] !== undefined)) {
      break;
    }
  }
  return Object.keys(newest).length === 0 ? undefined : newest;
}

const readFile = (file: string, root: string) =>
  parseResults(readFileSync(file, "utf8"), relative(root, file));

function byPart(results: Results): ResultsByPart {
  const view = viewOf(results);
  const { day, storm, outage, rush } = view.trials;
  // A lab's run has the days of two chapters, and a run on an account has days without trouble. They must not hide the
  // days of a run of all chapters.
  const isApart = view.rows.some(({ id }) => id.startsWith("lab-") || id === "08");
  const has = { day: day && !isApart, storm: storm && !isApart, outage, rush, sweep: view.sweep };
  return Object.fromEntries(parts.filter((part) => has[part]).map((part) => [part, view]));
}
