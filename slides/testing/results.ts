import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { parseResults } from "#shared/results.ts";
import type { Results } from "#shared/results.ts";
import { projectFolder } from "#shared/run/chapters.ts";
import { buildDeck } from "../deck.ts";
import { inventedRun } from "#shared/testing/invented-run.ts";
import { scratchFolder } from "#shared/testing/scratch.ts";
import { traceFile } from "#shared/tracing/read.ts";
import { traceText } from "#shared/tracing/text.ts";

const file = join(projectFolder, "bench", "reference", "results.json");
// Customers take most of its size, one line each, and the deck shows none: reading them takes a test longer than all else.
const committed = parseResults(readFileSync(file, "utf8"), file);
for (const { day, storm } of committed.chapters) {
  [...(day?.runs ?? []), ...(storm?.runs ?? [])].forEach((run) => run.customers.splice(20));
}

/** The committed reference with figures that a test can name: on the day 01 answers in 500 ms, and 02 in 10 ms. */
export function referenceResults(change: (results: Results) => void = () => undefined): Results {
  const results = structuredClone(committed);
  Object.assign(results, { startedAt: "2030-01-02T03:04:05.000Z", trustworthy: true });
  answeredIn(results, { "01": 500, "02": 10 });
  change(results);
  return results;
}

// No test changes it, and a copy for each would take a quarter of its time.
const unchanged = referenceResults();

/** The same, as if measured later and elsewhere. */
export const ownResults = (change: (results: Results) => void = () => undefined): Results =>
  referenceResults((results) => {
    Object.assign(results, { startedAt: "2031-05-06T07:08:09.000Z", command: "npm run bench seed=7" });
    change(results);
  });

/** Sets the medians of the rows' response times on the day. */
export function answeredIn({ chapters }: Results, p50Ms: Record<string, number>): void {
  for (const { id, day } of chapters) {
    if (day !== undefined && p50Ms[id] !== undefined) {
      day.median.response.p50Ms = p50Ms[id];
    }
  }
}

/** Sets how many devices were provisioned twice in each of a row's days. */
export function provisionedTwice({ chapters }: Results, doubled: Record<string, number>): void {
  for (const { id, day } of chapters) {
    for (const run of day?.runs ?? []) {
      run.ledger.doubled = doubled[id] ?? run.ledger.doubled;
    }
  }
}

interface Kept {
  reference?: Results | undefined;
  /** By the name of their folder. */
  own?: Record<string, unknown>;
}

/** A project's folder with these results, removed when the test is over. */
export function rootWith({ reference, own = {} }: Kept): string {
  const root = scratchFolder();
  const keep = (folder: string, results: unknown) => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "results.json"), JSON.stringify(results));
  };
  if (reference !== undefined) {
    keep(join(root, "bench", "reference"), reference);
  }
  for (const [name, results] of Object.entries(own)) {
    keep(join(root, "bench", "results", name), results);
  }
  return root;
}

/** A slide of a test. */
export interface SlideText {
  body: string;
  front?: string;
  title?: string;
}

/** A folder of slides for the deck of 20 minutes: the body of each, and further front matter. */
export function storyWith(...slides: SlideText[]): string {
  const folder = scratchFolder();
  for (const [at, { body, front = "", title = `Slide ${at + 1}` }] of slides.entries()) {
    const text = `---\ntitle: ${JSON.stringify(title)}\nseconds: { "20": 60 }\n${front}---\n\n${body}\n\n## Notes\n\nSay it.\n`;
    writeFileSync(join(folder, `${at + 1}0-slide.md`), text);
  }
  return folder;
}

/** The deck of these slides, in a project's folder. */
export const buildSlides = (root: string, ...slides: SlideText[]) =>
  buildDeck({ length: "20", root, storyFolder: storyWith(...slides) });

/** Nothing was measured here yet. */
export const rootWithReference = () => rootWith({ reference: unchanged });

const invented = { customers: 40, perSecond: 20, killAtMs: 1_000, seed: 3 };

/** Keeps traces of an invented short day in a folder of results, with a kill after a second. */
export function keepTraces(folder: string, rows: readonly ("02" | "07")[] = ["02", "07"]): void {
  for (const row of rows) {
    const file = join(folder, traceFile({ row, part: "day", seed: 1 }));
    mkdirSync(dirname(file), { recursive: true });
    const trace = inventedRun({ kind: row === "02" ? "memory" : "lease", ...invented });
    writeFileSync(file, gzipSync(traceText(trace)));
  }
}

/** The reference, with such traces. */
export function rootWithTraces(): string {
  const root = rootWithReference();
  keepTraces(join(root, "bench", "reference"));
  return root;
}
