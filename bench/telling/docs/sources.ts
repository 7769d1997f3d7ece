import { join } from "node:path";
import { projectFolder } from "#shared/run/chapters.ts";
import { countDiff } from "#shared/workshop/chapter-diff.ts";
import type { Sources } from "./figures.ts";
import { readLabsReference, readReference } from "./reference.ts";
import { readChapterTexts } from "./texts.ts";

/** Reads the reference run, the chapters' own words, and their code. */
export function readSources(root = projectFolder): Sources {
  const folderOf = (name: string) => join(root, "chapters", name);
  return {
    results: readReference(root),
    chapters: readChapterTexts(root),
    labs: { texts: readChapterTexts(root, "labs"), results: readLabsReference(root) },
    countLines: (before, after) => countDiff(folderOf(before), folderOf(after)),
  };
}
