import { readFileSync } from "node:fs";
import { join } from "node:path";
import { costTables } from "#shared/cloud/cost.ts";
import { projectFolder } from "#shared/run/chapters.ts";
import { escaped } from "#shared/html.ts";
import { countDiff } from "#shared/workshop/course/chapter-diff.ts";
import { keptHours } from "../../figures/kept-results.ts";
import { onAws } from "../../plan/rows.ts";
import { hoursPictureName, pastThisLaptop } from "../charts/past-this-laptop.ts";
import { benchBlocks, chapterBlocks, labBlocks, readmeBlocks } from "./blocks.ts";
import type { BlockSources } from "./blocks.ts";
import { firstPicture } from "./first-picture.ts";
import { readReference, readLabsReference } from "./reference.ts";
import { fenced, markdownTable, pictureTag } from "./tables.ts";
import { readChapterTexts, readGlossary, readmeFile } from "./texts.ts";
import type { GlossaryWord } from "./texts.ts";

/** Reads the reference run, the chapters' texts, and their code. */
export function readSources(root = projectFolder): BlockSources {
  const folderOf = (name: string) => join(root, "chapters", name);
  return {
    view: readReference(root),
    first: firstPicture(root),
    chapters: readChapterTexts(root),
    labs: { texts: readChapterTexts(root, "labs"), view: readLabsReference(root) },
    countLines: (before, after) => countDiff(folderOf(before), folderOf(after)),
    quote: (file, from, to) => quoted(readFileSync(folderOf(file), "utf8"), { file, from, to }),
  };
}

/** Removes the common indentation. Throws a {@link BlockError} for words that the file doesn't contain. */
function quoted(text: string, { file, from, to }: { file: string; from: string; to: string }): string {
  const lines = text.split(/\r?\n/);
  const first = lines.findIndex((line) => line.includes(from));
  const length = lines.slice(first).findIndex((line) => line.includes(to)) + 1;
  if (first < 0 || length === 0) {
    throw new BlockError(
      `Expected lines from \`${from}\` to \`${to}\` in chapters/${file}, found none; quote what is there.`,
    );
  }
  const quote = lines.slice(first, first + length);
  const indent = Math.min(...quote.filter((line) => line !== "").map((line) => line.search(/\S/)));
  return quote.map((line) => line.slice(indent)).join("\n");
}

/** A text as it is, and as it should be with the reference's figures. */
export interface Document {
  /** Relative to the root, with slashes. */
  file: string;
  now: string;
  wanted: string;
}

/** Every text that contains figures or another text's words. Throws a {@link BlockError}. */
export function documents(sources: BlockSources, root = projectFolder): Document[] {
  const bodies = [
    { file: readmeFile(), blocks: readmeBlocks(sources) },
    { file: "bench/README.md", blocks: benchBlocks(sources) },
    ...sources.chapters.map((chapter) => ({
      file: readmeFile(chapter),
      blocks: chapterBlocks(sources, chapter),
    })),
    // 08 is measured on an account, so the reference has no figures for it.
    {
      file: `chapters/${onAws}/README.md`,
      blocks: { cost: fenced(costTables().slice(0, -1)), grow: simulated(root) },
    },
    { file: "chapters/GLOSSARY.md", blocks: { words: glossaryTable(readGlossary(root)) } },
    ...sources.labs.texts.map((lab) => ({ file: readmeFile(lab), blocks: labBlocks(sources, lab) })),
  ];
  return bodies.map(({ file, blocks }) => {
    const now = readFileSync(join(root, file), "utf8").replaceAll("\r\n", "\n");
    return { file, now, wanted: fillBlocks(now, blocks, file) };
  });
}

/** What `npm run grow reference` kept: the screen, and the picture below it. */
function simulated(root: string): string {
  const kept = keptHours(root);
  return kept === undefined
    ? "Not simulated yet. `npm run grow reference` does."
    : [
        fenced(kept.screen),
        pictureTag(`grow/${hoursPictureName}`, escaped(pastThisLaptop(kept).title), "../../"),
      ].join("\n\n");
}

const glossaryTable = (words: readonly GlossaryWord[]): string =>
  markdownTable(
    ["word", "means", "new in"],
    words.map(({ word, meaning, chapter }) => [
      word,
      meaning,
      `[${chapter.slice(0, 2)}](${chapter}/README.md)`,
    ]),
    ["means", "new in"],
  );

/** The blocks that differ from the reference and the code, such as "README.md: docs:chapters". */
export function staleBlocks(texts: readonly Document[]): string[] {
  return texts.flatMap(({ file, now, wanted }) => {
    const fresh = readBlocks(wanted, file);
    return readBlocks(now, file)
      .filter(({ body }, at) => body !== fresh[at]?.body)
      .map(({ name }) => `${file}: docs:${name}`);
  });
}

/** The figures in one place of a text, between two comments that GitHub doesn't show. */
export interface Block {
  name: string;
  body: string;
}

/** A text names an unknown block, or doesn't end one. The message says where. */
export class BlockError extends Error {
  override readonly name = "BlockError";
}

const opening = /<!-- docs:([a-z-]+) -->/;
const marked = /<!-- docs:([a-z-]+) -->\n([\s\S]*?)<!-- \/docs -->/g;

/** The blocks of a text, in order. Throws {@link BlockError} if one has no end. */
export function readBlocks(text: string, file: string): Block[] {
  const blocks = [...text.matchAll(marked)].map(([, name = "", body = ""]) => ({ name, body: body.trim() }));
  const unfinished =
    opening.exec(text.replaceAll(marked, ""))?.[1] ?? blocks.find(({ body }) => opening.test(body))?.name;
  if (unfinished !== undefined) {
    throw new BlockError(
      `Expected \`<!-- docs:${unfinished} -->\` in ${file} to end with \`<!-- /docs -->\`; add that line.`,
    );
  }
  return blocks;
}

/** The text with new figures. Throws {@link BlockError} for a block that `bodies` doesn't know. */
export function fillBlocks(text: string, bodies: Readonly<Record<string, string>>, file: string): string {
  for (const { name } of readBlocks(text, file)) {
    if (!Object.hasOwn(bodies, name)) {
      const known = Object.keys(bodies).join(", ") || "none";
      throw new BlockError(
        `Expected one of the blocks ${known} in ${file}, got \`docs:${name}\`; rename it.`,
      );
    }
  }
  // A function, since a dollar sign in a replacement string would refer to a group.
  return text.replaceAll(
    marked,
    (_whole, name: string) => `<!-- docs:${name} -->\n\n${bodies[name] ?? ""}\n\n<!-- /docs -->`,
  );
}
