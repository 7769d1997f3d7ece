// Fills the figures into the READMEs, so that no one types them. `npm run docs`; `npm run docs check` only compares; `npm run docs
// reference` first makes the newest results the reference; with `doubtful`, even a run that is not reliable.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { listChapters, projectFolder } from "#shared/run/chapters.ts";
import { readCodePlaces } from "#shared/workshop/why/code-places.ts";
import { readCommand, runCommand, UsageError } from "#shared/command.ts";
import { didYouMean } from "#shared/did-you-mean.ts";
import { usageOf } from "#shared/help/commands.ts";
import { documents, readSources, staleBlocks } from "./documents.ts";
import type { Document } from "./documents.ts";
import { drawFirstPicture } from "./first-picture.ts";
import { takeReference } from "./reference.ts";

const mostShown = 3;
const usage = usageOf("docs");

runCommand(async (argv, env) => {
  const { words, flags } = readCommand({ usage, flags: { doubtful: "switch" } }, argv, env);
  const [word, folder, ...more] = words;
  const doubtful = flags.doubtful === true;
  const isKnown = word === undefined || word === "check" || word === "reference";
  const isForReference = folder !== undefined || doubtful;
  if (!isKnown || more.length > 0 || (isForReference && word !== "reference")) {
    throw new UsageError(
      `Expected \`${usage}\`, got ${argv.join(" ").slice(0, 60)}.${didYouMean(word ?? "", ["check", "reference"])}`,
    );
  }
  if (word === "reference") {
    const taken = takeReference({ folder, doubtful });
    await drawFirstPicture();
    console.log(`The reference is now ${taken}.`);
  }
  const texts = documents(readSources());
  if (word === "check") {
    check(texts);
  } else {
    fill(texts);
  }
});

function check(texts: readonly Document[]): void {
  // Throws an error for a quotation whose line is missing or ambiguous.
  listChapters().forEach(readCodePlaces);
  const stale = staleBlocks(texts);
  if (stale.length > 0) {
    throw new Error(
      `Expected the reference's figures in ${stale.join(", ")}, got others; type \`npm run docs\`.`,
    );
  }
  console.log("All figures in the READMEs are those of bench/reference and of the code.");
}

function fill(texts: readonly Document[]): void {
  const stale = staleBlocks(texts);
  for (const { file, now, wanted } of texts) {
    if (now !== wanted) {
      writeFileSync(join(projectFolder, file), wanted);
    }
  }
  console.log(stale.length === 0 ? "All figures were right already." : `Filled ${some(stale)}.`);
}

function some(blocks: readonly string[]): string {
  const more = blocks.length - mostShown;
  return blocks.slice(0, mostShown).join(", ") + (more > 0 ? ` and ${more} more` : "");
}
