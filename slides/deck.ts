import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as z from "zod";
import { escaped } from "#shared/html.ts";
import type { Results } from "#shared/results.ts";
import { projectFolder } from "#shared/run/chapters.ts";
import { page } from "#shared/picture/html-page.ts";
import { pictureStyles } from "#shared/picture/replay-page.ts";
import { keptHours } from "../bench/figures/kept-results.ts";
import { createSlideFigures, needClaim } from "./figures.ts";
import { renderLine, renderMarkdown } from "./markdown.ts";
import { readDeckResults } from "./results.ts";
import type { DeckResults, ResultsByPart } from "./results.ts";
import { StoryError, errorOf, limitMinutes, readStory } from "./read-story.ts";
import type { Length, Slide } from "./read-story.ts";

export interface DeckOptions {
  length: Length;
  root?: string;
  storyFolder?: string;
  /** Takes your results from this folder only. */
  from?: string | undefined;
  referenceOnly?: boolean;
}

/** A deck, and what the terminal says about it. */
export interface Deck {
  html: string;
  slideCount: number;
  spokenSeconds: number;
  /** Whose figures it shows, and whether it takes too long. */
  remarks: string[];
}

/** Builds the deck as one self-contained HTML file. Throws `StoryError` for a wrong slide. */
export function buildDeck({ length, root = projectFolder, storyFolder, ...asked }: DeckOptions): Deck {
  const results = readDeckResults({ root, ...asked });
  const slides = readStory(storyFolder ?? join(projectFolder, "slides", "story"), length);
  const scripts = z
    .object({ scripts: z.record(z.string(), z.string()) })
    .parse(JSON.parse(readFileSync(join(projectFolder, "package.json"), "utf8"))).scripts;
  const sections = slides.map((slide) => {
    try {
      refuseUnknownCommands(`${slide.body}\n${slide.notes}`, scripts);
      return section(slide, results);
    } catch (error) {
      throw error instanceof Error ? errorOf(slide, error) : error;
    }
  });
  const spokenSeconds = slides.reduce((sum, slide) => sum + slide.spokenSeconds, 0);
  return {
    html: deckPage(sections, results, length),
    slideCount: slides.length,
    spokenSeconds,
    remarks: remarksOn(results, spokenSeconds, length),
  };
}

function section(slide: Slide, results: DeckResults): string {
  const figures = createSlideFigures(results);
  for (const claim of slide.claims) {
    figures.claim(needClaim(claim));
  }
  const title = renderLine(slide.title, figures);
  const { steps, firstLines } = slide;
  const body = renderMarkdown(slide.body, figures, { steps, firstLine: firstLines.body });
  const notes = renderMarkdown(slide.notes, figures, { firstLine: firstLines.notes });
  const verdict = figures.verdict();
  const shows = verdict === undefined ? "" : ` data-own-view="${verdict.shows}"`;
  const source =
    verdict === undefined
      ? ""
      : `<p class="source" data-own="${escaped(verdict.labels.own)}" data-reference="${escaped(verdict.labels.reference)}">` +
        `${escaped(verdict.labels.own)}</p>`;
  const heading = slide.layout === "title" ? "h1" : "h2";
  return `<section class="${slide.layout}" data-timing="${slide.spokenSeconds}"${shows}>
<${heading}>${title}</${heading}>
<div class="body">${body}</div>
${source}<aside class="notes">${notes}<p>${slide.spokenSeconds} s</p></aside>
</section>`;
}

/** Throws {@link StoryError} if a text names a command that package.json doesn't have. */
function refuseUnknownCommands(text: string, scripts: Readonly<Record<string, string>>): void {
  for (const [, name = ""] of text.matchAll(/npm run ([a-z][a-z:-]*)/g)) {
    if (!Object.hasOwn(scripts, name)) {
      throw new StoryError(`Expected a command of package.json, got \`npm run ${name}\`; rewrite it.`);
    }
  }
}

function remarksOn({ own, reference }: DeckResults, spokenSeconds: number, length: Length): string[] {
  const minutes = Math.ceil(spokenSeconds / 60);
  const limit = limitMinutes[length];
  const dates = (results: ResultsByPart) =>
    [
      ...new Set(Object.values(results).map(({ startedAt }) => startedAt.slice(0, 16).replace("T", " "))),
    ].join(" and ");
  return [
    own === undefined
      ? "Figures: the reference run's."
      : `Figures: your own of ${dates(own)} UTC${reference === undefined ? "" : "; R shows the reference's"}.`,
    ...(own !== undefined && reference === undefined ? ["There is no reference to fall back on."] : []),
    minutes > limit
      ? `Too long: its notes add up to ${minutes} minutes, and ${limit} were wanted. Shorten \`seconds\` in slides/story.`
      : `Its notes add up to ${minutes} of ${limit} minutes.`,
  ];
}

function deckPage(sections: readonly string[], results: DeckResults, length: Length): string {
  const folder = join(import.meta.dirname, "page");
  const sheet = (name: string) => readFileSync(join(folder, name), "utf8");
  const sheets = [
    readFileSync(fileURLToPath(import.meta.resolve("reveal.js/reveal.css")), "utf8"),
    sheet("theme.css"),
    sheet("drawings.css"),
    // They are written for a whole page, and apply to a part of this one.
    `.reveal .replay {\n${pictureStyles()}}`,
    sheet("replay.css"),
  ];
  return page({
    title: `Take a Ticket (${length === "full" ? "everything" : `${length} minutes`})`,
    results: { ...runsAndPlaces(results), hours: keptHours() },
    entry: join(folder, "main.ts"),
    styles: sheets.join("\n"),
    body: `<main class="reveal"><div class="slides">
${sections.join("\n")}
</div></main>`,
    // The presenter view shows the deck in frames.
    alsoAllowed: "; frame-src 'self' file:",
  });
}

/** Each run once, and whose it is. */
function runsAndPlaces({ own, reference }: DeckResults) {
  const runs: Results[] = [];
  const places = (whose: ResultsByPart | undefined) =>
    whose &&
    Object.fromEntries(
      Object.entries(whose).map(([part, { results }]) => {
        const at = runs.indexOf(results);
        return [part, at === -1 ? runs.push(results) - 1 : at];
      }),
    );
  return { runs, own: places(own), reference: places(reference) };
}
