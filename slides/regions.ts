import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { projectFolder } from "#shared/run/chapters.ts";
import { withoutRegions } from "#shared/workshop/course/regions.ts";
import type { NumberedLine } from "#shared/workshop/course/regions.ts";
import { StoryError } from "./story-error.ts";

const begin = /^\s*(?:\/\/|#) #slide ([a-z-]+)$/;
const end = /^\s*(?:\/\/|#) #end-slide$/;

/** The lines of a chapter's file between `#slide NAME` and `#end-slide`, moved to the left. Throws {@link StoryError}. */
export function readSlideRegion(file: string, name: string, root = projectFolder): NumberedLine[] {
  if (!/^chapters\/[\w-]+\/[\w.-]+$/.test(file) || !existsSync(join(root, file))) {
    throw new StoryError(
      `Expected a file of a chapter, such as \`chapters/03-queue/api.ts\`, got \`${file}\`; rewrite it.`,
    );
  }
  const text = readFileSync(join(root, file), "utf8");
  const ranges = rangesOf(text, file);
  const range = ranges.get(name);
  if (range === undefined) {
    const known = [...ranges.keys()].join(", ") || "none";
    throw new StoryError(
      `Expected \`#slide ${name}\` in ${file}, which has ${known}; add that marker, or rename it.`,
    );
  }
  const lines = withoutRegions(text, file).filter(({ number }) => number > range.from && number < range.to);
  const indents = lines.filter((line) => line.text.trim() !== "").map((line) => line.text.search(/\S/));
  const least = Math.min(...indents);
  return lines.map((line) => ({ ...line, text: line.text.slice(least) }));
}

/** Where each region of a file begins and ends. */
function rangesOf(text: string, file: string): Map<string, { from: number; to: number }> {
  const ranges = new Map<string, { from: number; to: number }>();
  let open: { name: string; from: number } | undefined;
  for (const [at, line] of text.split(/\r?\n/).entries()) {
    const number = at + 1;
    const [, name] = begin.exec(line) ?? [];
    if (name !== undefined) {
      if (open !== undefined || ranges.has(name)) {
        const why =
          open === undefined ? "another name: this one is taken" : `#end-slide of ${open.name} first`;
        throw new StoryError(`Expected ${why}, got \`${line.trim()}\` in ${file}:${number}; mend it.`);
      }
      open = { name, from: number };
    } else if (end.test(line)) {
      if (open === undefined) {
        throw new StoryError(`Expected \`#slide NAME\` before \`#end-slide\` in ${file}:${number}; add it.`);
      }
      ranges.set(open.name, { from: open.from, to: number });
      open = undefined;
    }
  }
  if (open !== undefined) {
    throw new StoryError(`Expected \`#end-slide\` of ${open.name} in ${file}, found none; add it.`);
  }
  return ranges;
}
