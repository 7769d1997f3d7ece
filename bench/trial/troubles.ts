import { setTimeout as sleep } from "node:timers/promises";
import type { Kill, Plan, PlanEvent, Run } from "#shared/results.ts";
import type { ReachableChapter } from "#shared/run/running-chapter.ts";
import * as z from "zod";
import { inspect } from "./watching.ts";

interface TroubleOptions {
  plan: Plan;
  startAtMs: number;
  running: ReachableChapter;
  signal: AbortSignal;
  /** Reads what a process can report only while it lives. */
  beforeKill: () => Promise<void>;
}

/** What was done to the chapter, as far as only that moment can tell. */
export interface Trouble {
  kills: Kill[];
  beforeRedrive?: Run["beforeRedrive"];
}

/** Lets the plan's events happen, each at its moment, even if others fail. */
export async function makeTrouble(options: TroubleOptions): Promise<Trouble> {
  const trouble: Trouble = { kills: [] };
  await Promise.all(
    options.plan.events.map(async (event) => {
      await until(options.startAtMs + event.atMs, options.signal);
      await happen(event, options, trouble);
    }),
  );
  trouble.kills.sort((left, right) => left.atMs - right.atMs);
  return trouble;
}

/** When the last event begins: until then a waiting customer may still be served. */
export const lastTroubleMs = ({ events }: Plan): number => Math.max(0, ...events.map(({ atMs }) => atMs));

async function happen(event: PlanEvent, options: TroubleOptions, trouble: Trouble): Promise<void> {
  const { plan, startAtMs, running } = options;
  switch (event.does) {
    case "kill-worker": {
      trouble.kills.push(await killWorker(event.atMs, options));
      return;
    }
    case "kill-api": {
      await options.beforeKill();
      const { openCalls } = await running.kill("api");
      trouble.kills.push({ atMs: performance.now() - startAtMs, target: "api", openCalls });
      return;
    }
    case "outage-begins":
    case "outage-ends": {
      await running.vendor.setWeather({ outage: event.does === "outage-begins" });
      return;
    }
    case "heal-and-redrive": {
      const healed = new Set(plan.healed);
      await running.vendor.setWeather({ poison: plan.poison.filter((device) => !healed.has(device)) });
      const deadLetterQueueUrl = running.outputs["DEAD_LETTER_QUEUE_URL"];
      if (deadLetterQueueUrl !== undefined) {
        trouble.beforeRedrive = await setAside(deadLetterQueueUrl, options);
        await running.redrive();
      }
    }
  }
}

// A vendor call takes about half a second.
const waitForPoisonMs = 1_500;

/**
 * Sends SIGKILL to what does the work, from the given moment on, as soon as the youngest vendor call, which is the one that dies, is for
 * a healthy device. A poison one can't tell lost work from saved work, since it can't be finished either way.
 */
async function killWorker(
  atMs: number,
  { plan, startAtMs, running, signal, beforeKill }: TroubleOptions,
): Promise<Kill> {
  const dueMs = startAtMs + atMs;
  while (plan.poison.includes((await running.vendor.openCalls()).at(-1) ?? "")) {
    if (performance.now() > dueMs + waitForPoisonMs) {
      break;
    }
    await sleep(20, undefined, { signal });
  }
  await beforeKill();
  const target = running.worksWith();
  const { openCalls, inHand } = await running.kill(target);
  return { atMs: performance.now() - startAtMs, target, openCalls, ...(inHand && { inHand }) };
}

const message = z.object({ macAddress: z.string() });

async function setAside(deadLetterQueueUrl: string, { plan, running }: TroubleOptions) {
  const { queues } = await inspect(running, "with");
  const devices = queues
    .filter(({ url }) => url === deadLetterQueueUrl)
    .flatMap(({ messages }) => messages.map(({ body }) => message.parse(JSON.parse(body)).macAddress));
  // A message that came twice may be there twice.
  const distinct = [...new Set(devices)];
  const poison = new Set(plan.poison);
  return {
    poison: distinct.filter((device) => poison.has(device)).length,
    healthy: distinct.filter((device) => !poison.has(device)).length,
  };
}

async function until(atMs: number, signal: AbortSignal): Promise<void> {
  await sleep(Math.max(atMs - performance.now(), 0), undefined, { signal });
}
