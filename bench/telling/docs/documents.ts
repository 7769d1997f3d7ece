import { readFileSync } from "node:fs";
import { join } from "node:path";
import { costLines } from "#shared/cloud/cost.ts";
import { projectFolder } from "#shared/run/chapters.ts";
import { onAws } from "../../plan/rows.ts";
import { fillBlocks, readBlocks } from "./blocks.ts";
import { chapterBlocks, readmeBlocks } from "./figures.ts";
import type { Sources } from "./figures.ts";
import { labBlocks } from "./lab-figures.ts";
import { fenced } from "./markdown.ts";
import { readmeFile } from "./texts.ts";

/** A text as it stands, and as the figures want it. */
export interface Document {
  /** From the root, with slashes. */
  file: string;
  now: string;
  wanted: string;
}

/** Every README that has figures. Throws a {@link BlockError}. */
export function documents(sources: Sources, root = projectFolder): Document[] {
  const bodies = [
    { file: readmeFile(), blocks: readmeBlocks(sources) },
    ...sources.chapters.map((chapter) => ({
      file: readmeFile(chapter),
      blocks: chapterBlocks(sources, chapter),
    })),
    // What it measures is on somebody's account: it has no figures of the reference.
    { file: `chapters/${onAws}/README.md`, blocks: { cost: fenced(costLines()) } },
    ...sources.labs.texts.map((lab) => ({ file: readmeFile(lab), blocks: labBlocks(sources, lab) })),
  ];
  return bodies.map(({ file, blocks }) => {
    const now = readFileSync(join(root, file), "utf8").replaceAll("\r\n", "\n");
    return { file, now, wanted: fillBlocks(now, blocks, file) };
  });
}

/** The blocks whose figures are not those of the reference and the code: "README.md: docs:chapters". */
export function staleBlocks(texts: readonly Document[]): string[] {
  return texts.flatMap(({ file, now, wanted }) => {
    const fresh = readBlocks(wanted, file);
    return readBlocks(now, file)
      .filter(({ body }, at) => body !== fresh[at]?.body)
      .map(({ name }) => `${file}: docs:${name}`);
  });
}
