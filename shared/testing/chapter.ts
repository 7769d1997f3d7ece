import { afterAll, beforeAll, expect } from "vitest";
import { deviceAt } from "#shared/devices.ts";
import { asksFor, openStage } from "#shared/stage/stage.ts";
import type { Stage, StageOptions } from "#shared/stage/stage.ts";
import { eventually, testPatienceMs } from "./eventually.ts";

/**
 * Starts the chapter in `folder` before the tests of this file or block, and stops all of it after them. Who activates there is
 * a customer with patience: see {@link untilNot503}. What a single request is answered, `request` tells.
 */
export function useChapter(folder: string, options: Partial<StageOptions> = {}): Stage {
  const stage: Partial<Stage> = {};
  beforeAll(async () => {
    const opened = await openStage({ folder, patienceMs: testPatienceMs, ...options });
    const activate = (index: number) => untilNot503(() => opened.activate(index));
    Object.assign(stage, { ...opened, activate });
  });
  afterAll(async () => {
    await stage.close?.();
  });
  // Whole before the first test.
  return stage as Stage;
}

/**
 * Asks again after a 503, as customers do: it promises nothing, and repeating is safe. On a busy machine AWS may be late for a
 * request that is right. Gives the last answer when a test's patience is over.
 */
export async function untilNot503<Answered extends { status: number }>(
  ask: () => Promise<Answered>,
): Promise<Answered> {
  const untilMs = performance.now() + testPatienceMs;
  for (;;) {
    const answer = await ask();
    if (answer.status !== 503 || performance.now() > untilMs) {
      return answer;
    }
  }
}

/** The devices that {@link startEnvironments} uses up for so many environments: a batch for each. */
export const usedUp = (environments: number): number[] =>
  Array.from({ length: environments * 4 }, (_, at) => 100 + at);

/**
 * Has so many environments of the function started, and idle. While one starts on a busy machine, calls of the others that are
 * held time out, and what should have met comes one after the other.
 */
export async function startEnvironments(chapter: Stage, environments: number): Promise<void> {
  const answers = await Promise.all(usedUp(environments).map((index) => chapter.activate(index)));
  await Promise.all(answers.map(({ body }) => chapter.becomes("active", body["eventId"])));
  await eventually(async () => {
    const all = (await chapter.inspect()).functions.flatMap((each) => each.environments);
    expect(all.filter(({ state }) => state === "idle").length).toBeGreaterThanOrEqual(environments);
    expect(all.filter(({ state }) => state !== "idle")).toEqual([]);
  });
}

/** What the chapter answers to the activation of `deviceAt(index)`, asked for once. */
export const askOnce = (chapter: Stage, index: number) =>
  chapter.request("/activations", asksFor(deviceAt(index)));
