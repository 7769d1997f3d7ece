import { afterAll, beforeAll } from "vitest";
import { openStage } from "#shared/stage/stage.ts";
import type { Stage, StageOptions } from "#shared/stage/stage.ts";
import { testPatienceMs } from "./eventually.ts";

/** Starts the chapter in `folder` before the tests of this file or block, and stops all of it after them. */
export function useChapter(folder: string, options: Partial<StageOptions> = {}): Stage {
  const stage: Partial<Stage> = {};
  beforeAll(async () => {
    Object.assign(stage, await openStage({ folder, patienceMs: testPatienceMs, ...options }));
  });
  afterAll(async () => {
    await stage.close?.();
  });
  // Whole before the first test.
  return stage as Stage;
}
