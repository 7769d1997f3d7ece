import { afterAll, beforeAll, expect, it } from "vitest";
import type { Plan } from "#shared/results.ts";
import { startChapter } from "#shared/run/start-chapter.ts";
import { startSender } from "../load/sender.ts";
import type { Sender } from "../load/sender.ts";
import { trialStart } from "./start.ts";
import { liveThrough } from "./trial.ts";
import { shortStorm } from "../plan/plans.ts";

let sender: Sender;
beforeAll(async () => {
  sender = await startSender();
});
afterAll(() => sender.stop());

/** Thirty customers, no poison, and an outage that outlasts 05's five receives, which take six seconds. */
const longOutage: Plan = {
  ...shortStorm(1),
  name: "a long outage",
  customers: 30,
  phases: [{ perSecond: 20, seconds: 1.5 }],
  events: [
    { atMs: 500, does: "outage-begins" },
    { atMs: 11_000, does: "outage-ends" },
    { atMs: 11_500, does: "heal-and-redrive" },
  ],
  poison: [],
  everyNthTwice: 0,
  horizonMs: 30_000,
  warmUpRepeats: 120,
};

it("05: an outage longer than its retries sets healthy devices aside, and a redrive finishes them", async () => {
  const row = { id: "05", chapter: "05", folder: "05-dead-letter-queue", label: "05 dlq", weather: {} };
  const running = await startChapter({ ...trialStart(row, longOutage, 1), onLine: () => {} });

  const { imbalances, ledger, samples, beforeRedrive } = await liveThrough({
    row,
    plan: longOutage,
    seed: 1,
    running,
    sender,
    onStage: () => {},
    signal: new AbortController().signal,
  });

  expect(imbalances).toEqual([]);
  expect(beforeRedrive?.poison).toBe(0);
  expect(beforeRedrive?.healthy).toBeGreaterThan(0);
  const { accepted, activated, lost, deadLettered } = ledger;
  expect({ accepted, activated, lost, deadLettered }).toEqual({
    accepted: 30,
    activated: 30,
    lost: 0,
    deadLettered: 0,
  });
  // What was set aside shows in the dead-letter queue, and is gone from it after the redrive. On a busy machine the last receives are so
  // late that more comes between the look and the redrive.
  const mostSetAside = Math.max(...samples.map(({ setAside }) => setAside));
  expect(mostSetAside).toBeGreaterThanOrEqual(Number(beforeRedrive?.healthy));
  expect(samples.at(-1)?.setAside).toBe(0);
});
