import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { ResultsError, parseResults } from "#shared/results.ts";
import type { Results } from "#shared/results.ts";
import { UsageError } from "#shared/command.ts";
import { viewOf } from "../bench/figures/view.ts";
import type { Part, ResultsView } from "../bench/figures/view.ts";

/** What was measured, part by part: whoever runs the storm after the day has both. */
export type Source = Partial<Record<Part, ResultsView>>;

/** Whose figures a deck can show. At least one of both is there. */
export interface Sources {
  own: Source | undefined;
  reference: Source | undefined;
}

const parts = ["day", "storm", "outage", "rush", "sweep"] as const;
const file = "results.json";

interface Asked {
  root: string;
  /** One's own results of this folder alone. */
  from?: string | undefined;
  /** Only the reference. */
  referenceOnly?: boolean;
}

/**
 * The newest complete results of one's own, and the committed reference. Throws `ResultsError` where the newest, or the
 * reference, is of another schema, and a {@link UsageError} where there is neither.
 */
export function readSources({ root, from, referenceOnly = false }: Asked): Sources {
  const reference = readReference(root);
  const own = referenceOnly ? undefined : from === undefined ? readNewest(root) : readFolder(from);
  if (own === undefined && reference === undefined) {
    throw new UsageError(
      "Expected results in bench/results or bench/reference, found none; type `npm run bench`, or `git restore bench/reference`.",
    );
  }
  return { own, reference };
}

function readReference(root: string): Source | undefined {
  const folder = join(root, "bench", "reference");
  // The labs have a run of their own: what the chapters' run has comes from there.
  const found = [join(folder, "labs", file), join(folder, file)].filter((path) => existsSync(path));
  return found.length === 0
    ? undefined
    : Object.assign(
        {},
        ...found.map((path) => sourceOf(parseResults(readFileSync(path, "utf8"), relative(root, path)))),
      );
}

function readFolder(folder: string): Source {
  const path = join(folder, file);
  if (!existsSync(path)) {
    throw new UsageError(`Expected a ${file} in ${folder}, found none; name a folder of bench/results.`);
  }
  const results = parseResults(readFileSync(path, "utf8"), path);
  if (!results.complete) {
    throw new UsageError(
      `Expected complete results in ${folder}, got some of a benchmark that was stopped; name another folder.`,
    );
  }
  return sourceOf(results);
}

/** Each part of the newest run that has it. */
function readNewest(root: string): Source | undefined {
  const all = join(root, "bench", "results");
  // Their names are times, so that the newest is the last.
  const folders = existsSync(all) ? readdirSync(all).toSorted().toReversed() : [];
  const source: Source = {};
  let isNewest = true;
  for (const folder of folders.filter((name) => existsSync(join(all, name, file)))) {
    const path = join(all, folder, file);
    const results = readOne(path, relative(root, path), isNewest);
    isNewest = false;
    if (results?.complete === true) {
      Object.assign(source, { ...sourceOf(results), ...source });
    }
    if (parts.every((part) => source[part] !== undefined)) {
      break;
    }
  }
  return parts.some((part) => source[part] !== undefined) ? source : undefined;
}

/** Older results of an older schema are history; the newest ones are what somebody wants to show. */
function readOne(path: string, name: string, isNewest: boolean): Results | undefined {
  try {
    return parseResults(readFileSync(path, "utf8"), name);
  } catch (error) {
    if (error instanceof ResultsError && !isNewest) {
      return undefined;
    }
    throw error;
  }
}

function sourceOf(results: Results): Source {
  const view = viewOf(results);
  const { day, storm, outage, rush } = view.trials;
  // A run of a lab has two chapters' days, and one on an account days without trouble: whoever measured all chapters before
  // wants to show those.
  const isApart = view.rows.some(({ id }) => id.startsWith("lab-") || id === "08");
  const has = { day: day && !isApart, storm: storm && !isApart, outage, rush, sweep: view.sweep };
  return Object.fromEntries(parts.filter((part) => has[part]).map((part) => [part, view]));
}
