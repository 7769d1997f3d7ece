import { existsSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { UsageError } from "#shared/command.ts";
import { projectFolder } from "#shared/run/chapters.ts";
import type { Chapter } from "#shared/run/chapters.ts";
import { findRunning } from "#shared/run/remote-control.ts";
import { traceEventSchema, traceHeaderSchema } from "#shared/trace.ts";
import type { Trace } from "#shared/trace.ts";
import { readTraceFile, tracesIn } from "#shared/tracing/read.ts";
import type { KeptTrace } from "#shared/tracing/read.ts";

/** The parts of a benchmark that you can ask for, in the order of the search. */
export const parts = ["day", "storm", "outage", "rush"] as const;

export interface Wish {
  chapter: Chapter;
  /** "07", "07+key" */
  row: string;
  part?: string | undefined;
  ofReference: boolean;
  root?: string;
}

/** A trace and where it comes from. `problem` says what it lacks. */
export interface FoundTrace {
  trace: Trace & { problem?: string };
  from: string;
}

/**
 * The traces that a wish means, one after the other: of the running chapter, or the newest results that have any, or the
 * reference. Throws a {@link UsageError} if there are none.
 */
export async function* tracesFor(wish: Wish): AsyncGenerator<FoundTrace> {
  const { chapter, part, ofReference, root = projectFolder } = wish;
  const live = ofReference || part !== undefined ? undefined : await liveTrace(chapter);
  if (live !== undefined) {
    yield live;
    return;
  }
  const kept = ofReference ? inReference(wish, root) : inNewest(wish, root);
  if (kept.length === 0) {
    throw new UsageError(noneText(wish));
  }
  for (const { file } of kept) {
    yield { trace: await readTraceFile(file), from: relative(process.cwd(), file) };
  }
}

/** Throws a {@link UsageError} for a running chapter without a complete trace. */
async function liveTrace({ number }: Chapter): Promise<FoundTrace | undefined> {
  const running = await findRunning(number);
  if (running === undefined) {
    return undefined;
  }
  if (running.traceUrl === undefined) {
    throw new UsageError(
      `Chapter ${number} runs, but ${running.whyNoTrace ?? "it has no trace"}; so its activations have no story.`,
    );
  }
  const response = await fetch(new URL("/trace", running.traceUrl), { signal: AbortSignal.timeout(20_000) });
  const text = await response.text();
  if (!response.ok) {
    throw new Error(
      `Expected the trace of the running chapter ${number}, got ${response.status}: ${text.slice(0, 200)}`,
    );
  }
  const [header = "{}", ...events] = text.trimEnd().split("\n");
  const trace = {
    header: traceHeaderSchema.parse(JSON.parse(header)),
    events: events.map((line) => traceEventSchema.parse(JSON.parse(line))),
  };
  return { trace, from: `the running chapter ${number}` };
}

function inReference(wish: Wish, root: string): KeptTrace[] {
  const reference = join(root, "bench", "reference");
  return wanted(wish, [...tracesIn(reference), ...tracesIn(join(reference, "labs"))]);
}

function inNewest(wish: Wish, root: string): KeptTrace[] {
  const all = join(root, "bench", "results");
  // Their names are times.
  const names = existsSync(all) ? readdirSync(all).toSorted().toReversed() : [];
  for (const name of names) {
    const found = wanted(wish, tracesIn(join(all, name)));
    if (found.length > 0) {
      return found;
    }
  }
  return [];
}

const order = (part: string): number => parts.findIndex((each) => each === part);

const wanted = ({ row, part }: Wish, traces: readonly KeptTrace[]): KeptTrace[] =>
  traces
    .filter((each) => each.row === row && (part ?? each.part) === each.part)
    .toSorted((one, other) => order(one.part) - order(other.part) || one.seed - other.seed);

function noneText({ chapter, row, part, ofReference }: Wish): string {
  const what = `a trace of ${row}${part === undefined ? "" : ` in the ${part}`}`;
  if (chapter.name === "lab-relational") {
    return "lab-relational has no trace: its tickets are in PostgreSQL, which notes none; try `npm run why 07 c-1`.";
  }
  if (ofReference) {
    return `Expected ${what} in bench/reference, found none; leave \`reference\` out, or try \`npm run why 07 c-1 reference\`.`;
  }
  const measure = part === "storm" ? "bench:storm" : "bench";
  return (
    `Expected ${what} in bench/results, or chapter ${chapter.number} to run, found neither; ` +
    `\`npm run ${measure} ${chapter.number}\` makes one, and so does \`npm run chapter ${chapter.number}\`.`
  );
}
