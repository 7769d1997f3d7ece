import { describe, expect, it } from "vitest";
import { deviceAt } from "#shared/devices.ts";
import type { Kill, LedgerEntries } from "#shared/results.ts";
import { startChapter } from "#shared/run/start-chapter.ts";
import type { RunningChapter } from "#shared/run/running-chapter.ts";
import { asksFor } from "#shared/stage/stage.ts";
import { untilNot503 } from "#shared/testing/chapter.ts";
import { eventually } from "#shared/testing/eventually.ts";
import { usualWeather } from "#shared/vendor-simulator/weather.ts";
import { readAnswer } from "../load/answers.ts";
import { readEvidence } from "./evidence.ts";
import { balance } from "./ledger.ts";
import type { Evidence } from "./ledger.ts";
import { traced } from "./traced.ts";
import type { TracedCustomer } from "./traced.ts";
import { unheardAttempts } from "./unheard.ts";
import { lookAt, untilQuiet } from "./watching.ts";

const activations = 100;
const customersAtOnce = 8;
const killAfter = 40;

interface Trouble {
  chapter: string;
  honoursIdempotencyKey?: boolean;
  /** When the copies come, in turn. */
  copiesAfterMs?: number[];
  /** The outcome of 100 accepted, every other one delivered twice, and the worker killed in the middle of a vendor call. */
  expected: (entries: LedgerEntries, unheard: number) => void;
}

const nothingLost = ({ lost, gaveUp, waiting, deadLettered }: LedgerEntries) =>
  expect({ lost, gaveUp, waiting, deadLettered }).toEqual({
    lost: 0,
    gaveUp: 0,
    waiting: 0,
    deadLettered: 0,
  });

const troubles: Trouble[] = [
  { chapter: "03-queue", expected: nothingLost },
  { chapter: "04-lambda", expected: nothingLost },
  {
    chapter: "05-dead-letter-queue",
    expected: (entries) => {
      nothingLost(entries);
      // Fifty copies and no guard: only a copy whose first delivery died with the environment can be the only one.
      expect(entries.doubled).toBeGreaterThan(0);
    },
  },
  {
    chapter: "06-check-then-act",
    // No copy at once: it could pass the check, too, and finish the device whose first delivery dies.
    copiesAfterMs: [200, 2_000],
    expected: ({ lost }) => expect(lost).toBeGreaterThan(0),
  },
  {
    chapter: "07-lock",
    expected: (entries, unheard) => {
      nothingLost(entries);
      // The limit of bench:storm. On a machine so busy that calls or functions time out, there are more of them.
      expect(entries.doubled).toBeLessThanOrEqual(unheard);
    },
  },
  {
    chapter: "07-lock",
    honoursIdempotencyKey: true,
    expected: (entries) => {
      nothingLost(entries);
      expect(entries.doubled).toBe(0);
    },
  },
];

describe("100 activations, every other one delivered twice, one kill in the middle of a vendor call", () => {
  it.each(troubles)(
    "$chapter (key honoured: $honoursIdempotencyKey) keeps what it promises, and its ledger balances",
    async ({ chapter, honoursIdempotencyKey = false, copiesAfterMs = [0, 200, 2_000], expected }) => {
      const weather = { ...usualWeather, medianMs: 10, p99Ms: 30, honoursIdempotencyKey };
      const running = await startChapter({ folder: chapter, devices: activations, weather });
      try {
        await running.aws.deliverTwice(2, copiesAfterMs);
        const [customers, kill] = await activateWithAKill(running);
        const { vendor, timeouts, ...evidence } = await drainAndRead(running, customers);
        const ledger = balance({ ...evidence, vendor });
        const { entries, imbalances } = ledger;
        const about = { row: chapter, plan: "trouble", seed: 1 };
        const { warmUpDevices } = evidence;
        const { trace, ...compared } = await traced({
          running,
          about,
          startedAtMs: 0,
          customers,
          ledger,
          warmUpDevices,
        });

        expect(imbalances).toEqual([]);
        // The ledger from the trace alone is the same.
        expect(compared).toEqual({ differences: [] });
        expect(trace?.events.length).toBeGreaterThan(1_000);
        // A customer who repeats after a 503 may find the ticket there.
        expect(entries.accepted + entries.repeated).toBe(activations);
        expected(entries, unheardAttempts({ kills: [kill], vendor, timeouts }));
      } finally {
        await running.stop();
      }
    },
  );
});

type Customer = Evidence["requests"][number] & TracedCustomer;

async function activateWithAKill(running: RunningChapter): Promise<[Customer[], Kill]> {
  const customers: Customer[] = [];
  const target = running.worksWith();
  // Five devices with an open call: the environment that is killed is hardly ever one with only a copy in hand, and nothing to lose.
  const openBeforeKill = target === "function" ? 5 : 1;
  let kill: Kill = { atMs: 0, target, openCalls: [] };
  let next = 0;
  const customer = async () => {
    for (let index = next++; index < activations; index = next++) {
      const device = deviceAt(index);
      const askedAtMs = Date.now();
      const answer = await untilNot503(() => fetch(`${running.apiUrl}/activations`, asksFor(device)));
      const { status } = answer;
      const read = readAnswer(status, await answer.text(), device.macAddress);
      customers.push({ ...device, ...read, status, askedAtMs, endedAtMs: Date.now() });
      if (index === killAfter) {
        // Holds the vendor's answers, so that calls are certainly open; not for long, or their callers give up.
        await running.vendor.setWeather({ hold: true });
        await eventually(async () => (await running.vendor.openCalls()).length >= openBeforeKill);
        kill = { ...kill, ...(await running.kill(target)) };
        await running.vendor.setWeather({ hold: false });
      }
    }
  };
  await Promise.all(Array.from({ length: customersAtOnce }, customer));
  return [customers, kill];
}

async function drainAndRead(running: RunningChapter, requests: Evidence["requests"]) {
  const look = async () => (await lookAt(running)).activity;
  const nowMs = performance.now();
  // The last copy comes two seconds after its first delivery, and until then no queue shows it. 03's worker does one after the other,
  // which takes a minute on a busy machine.
  await untilQuiet({ look, notBeforeMs: nowMs + 2_500, limitAtMs: nowMs + 150_000 });
  await running.setConsumers(false);
  return { ...(await readEvidence(running)), requests, warmUpDevices: new Set<string>() };
}
