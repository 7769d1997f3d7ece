import { afterAll, beforeAll } from "vitest";
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

/** Devices that {@link startTwoEnvironments} has used up: two batches. */
export const usedUp = Array.from({ length: 8 }, (_, at) => 100 + at);

/**
 * Has two environments of the function started, so that two copies of a message meet: a copy that has to wait until one starts
 * comes on a busy machine when the first one's call has timed out.
 */
export async function startTwoEnvironments(chapter: Stage): Promise<void> {
  const { vendor } = chapter.running;
  await vendor.setWeather({ hold: true });
  const answers = await Promise.all(usedUp.map((index) => chapter.activate(index)));
  await eventually(async () => {
    const environments = (await chapter.inspect()).functions.flatMap((each) => each.environments);
    return environments.filter(({ state }) => state === "busy").length >= 2;
  });
  await vendor.setWeather({ hold: false });
  await Promise.all(answers.map(({ body }) => chapter.becomes("active", body["eventId"])));
}

/** What the chapter answers to the activation of `deviceAt(index)`, asked for once. */
export const askOnce = (chapter: Stage, index: number) =>
  chapter.request("/activations", asksFor(deviceAt(index)));
