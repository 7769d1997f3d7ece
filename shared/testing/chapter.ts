import { afterAll, beforeAll } from "vitest";
import type { ChapterOptions } from "#shared/run/start-chapter.ts";
import { startTested, testedChapter } from "#shared/stage/tested-chapter.ts";
import type { TestedChapter, TestedParts } from "#shared/stage/tested-chapter.ts";

export { asksFor } from "#shared/stage/tested-chapter.ts";
export type { Answer, TestedChapter } from "#shared/stage/tested-chapter.ts";

/**
 * Starts the chapter in `folder` before the tests of this file or block, and stops all of it after them. `through` may
 * put something in place of a part, and close it with the rest.
 */
export function useChapter(
  folder: string,
  options: Partial<ChapterOptions> = {},
  through: (parts: TestedParts) => Promise<TestedParts> = async (same) => same,
): TestedChapter {
  let parts: TestedParts | undefined;
  beforeAll(async () => {
    parts = await startTested({ folder, ...options });
    parts = await through(parts);
  });
  afterAll(async () => {
    await parts?.close();
  });

  return testedChapter(() => {
    if (parts === undefined) {
      throw new Error("Expected the chapter to run: call useChapter() outside of the tests");
    }
    return parts;
  });
}
