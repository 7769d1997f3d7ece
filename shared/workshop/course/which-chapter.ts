import { findChapter } from "#shared/run/chapters.ts";
import type { Chapter } from "#shared/run/chapters.ts";
import { UsageError } from "#shared/command.ts";
import { mineFolder, readBegun } from "./mine.ts";

/** The chapter that a word names; without one, or with `mine`, the one that mine/ was begun as. Throws a {@link UsageError}. */
export function whichChapter(word: string | undefined, folder = mineFolder): Chapter {
  if (word !== undefined && word !== "mine") {
    return findChapter(word);
  }
  return findChapter(needBegun("02", folder));
}

/** Throws a {@link UsageError} if mine/ is not a copy of this chapter. */
export function needCopyOf({ number }: Pick<Chapter, "number">, folder = mineFolder): void {
  const begun = needBegun(number, folder);
  if (begun !== number) {
    throw new UsageError(
      `Expected mine/ to be your copy of ${number}, but it is one of ${begun}: \`npm run check ${begun}\` checks that, ` +
        `\`npm run begin ${number}\` begins ${number} and saves first what you have changed.`,
    );
  }
}

function needBegun(suggested: string, folder: string): string {
  const begun = readBegun(folder);
  if (begun === undefined) {
    throw new UsageError(
      `There is no copy of a chapter in mine/ yet: \`npm run begin ${suggested}\` makes one.`,
    );
  }
  return begun.chapter;
}
