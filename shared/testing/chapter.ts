import { afterAll, beforeAll, expect } from "vitest";
import { deviceAt } from "#shared/devices.ts";
import { asksFor, openStage } from "#shared/stage/stage.ts";
import type { Stage, StageOptions } from "#shared/stage/stage.ts";
import { eventually, testPatienceMs } from "./eventually.ts";

// 190 for a file's own tests, and the others for the contract.
const devices = 220;

/**
 * Starts the chapter in `folder` before the tests of this file or block, and stops everything after them. `activate` plays a patient
 * customer: see {@link untilNot503}. Use `request` for the answer to a single request.
 */
export function useChapter(folder: string, options: Partial<StageOptions> = {}): Stage {
  const stage: Partial<Stage> = {};
  beforeAll(async () => {
    Object.assign(
      stage,
      patient(await openStage({ folder, patienceMs: testPatienceMs, devices, ...options })),
    );
  });
  afterAll(async () => {
    await stage.close?.();
  });
  // Complete before the first test.
  return stage as Stage;
}

/** The stage with patient customers. */
export const patient = (stage: Stage): Stage => ({
  ...stage,
  activate: (index) => untilNot503(() => stage.activate(index)),
});

/**
 * Repeats a request after a 503, as customers do: the answer promises nothing, and repeating is safe. On a busy machine AWS may be
 * late with a valid request. Returns the last answer when a test's patience is over.
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

/** The devices that {@link startEnvironments} uses up for this many environments: a batch for each. */
export const usedUp = (environments: number): number[] =>
  Array.from({ length: environments * 4 }, (_, at) => 100 + at);

/**
 * Starts this many environments of the function and leaves them idle. Otherwise, on a busy machine, held calls time out while another
 * environment starts, and what should happen at the same time happens one after the other.
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

/** The chapter's answer to a single request for `deviceAt(index)`. */
export const askOnce = (chapter: Stage, index: number) =>
  chapter.request("/activations", asksFor(deviceAt(index)));
