import { deviceAt } from "#shared/devices.ts";
import type { CustomerDay, Run, Fate, RequestOutcome, Results } from "#shared/results.ts";
import { usualWeather } from "#shared/vendor-simulator/weather.ts";
import { summedUp } from "../figures/run.ts";
import { shortDay } from "../plan/plans.ts";
import { rowsFor } from "../plan/rows.ts";
import { arrivals, seededRandom } from "../plan/arrivals.ts";
import { percentiles, quantiles } from "../figures/statistics.ts";

/** How an invented chapter behaves; everything else is drawn from the seed. */
interface Behaviour {
  number: string;
  name: string;
  answerMs: (random: () => number) => number;
  /** Until the device works, after the answer; the customer's place decides what goes wrong. */
  workMs: (random: () => number, place: number) => number;
  goesWrong?: Partial<Record<number, { outcome?: RequestOutcome; fate: Fate }>>;
  twice?: readonly number[];
}

const vendor = (random: () => number) => 400 * Math.exp(0.47 * 2 * (random() + random() + random() - 1.5));
const atOnce = (random: () => number) => 6 + 6 * random() ** 2;
const error = { outcome: "unanswered", fate: "refused" } as const;
const lost = { fate: "lost" } as const;
const waiting = { fate: "waiting" } as const;
const late = Object.fromEntries(Array.from({ length: 45 }, (_, at) => [35 + at, waiting]));

const behaviours: readonly Behaviour[] = [
  {
    number: "01",
    name: "01-synchronous",
    answerMs: vendor,
    workMs: () => -1,
    goesWrong: { 7: error, 23: error, 40: error, 41: error, 42: error },
  },
  {
    number: "02",
    name: "02-ticket",
    answerMs: atOnce,
    workMs: vendor,
    goesWrong: {
      7: { fate: "gaveUp" },
      23: { fate: "gaveUp" },
      37: lost,
      38: lost,
      39: lost,
      40: error,
      41: error,
    },
  },
  {
    number: "03",
    name: "03-queue",
    answerMs: atOnce,
    workMs: (random, place) => 400 + place * 360 * (0.9 + 0.2 * random()),
    goesWrong: late,
    twice: [9],
  },
  {
    number: "07",
    name: "07-lock",
    answerMs: atOnce,
    workMs: (random, place) => (place === 38 || place === 39 ? 6_200 : vendor(random)),
    goesWrong: { 7: { fate: "deadLettered" }, 23: { fate: "deadLettered" } },
    twice: [39],
  },
];

/** Results that nobody measured, as the tests and the first drafts of pictures need them. */
export function inventedResults({ runs = 1, seed = 1 } = {}): Results {
  const plan = shortDay(runs);
  const rows = behaviours.flatMap((behaviour) =>
    rowsFor([{ ...behaviour, folder: "" }]).map(({ id, chapter, label, weather }, at) => ({
      id,
      chapter,
      label,
      weather,
      overrides: {},
      day: summedUp(Array.from({ length: runs }, (_run, run) => inventedRun(behaviour, seed + run, at))),
      closedLoop: {
        connections: 10,
        seconds: 2,
        answersPerSecond: behaviour.number === "01" ? 22 : 610,
        response: quantiles({
          finishedMs: Array.from(
            { length: 600 },
            (_sample, sample) => (behaviour.number === "01" ? 440 : 14) + sample / 60,
          ),
          never: 0,
        }),
      },
    })),
  );
  return {
    schemaVersion: 2,
    command: "npm run bench",
    startedAt: "2026-11-23T10:15:00.000Z",
    finishedAt: "2026-11-23T10:17:30.000Z",
    complete: true,
    environment: {
      machine: "An <invented> processor",
      cores: 2,
      memoryGiB: 24,
      os: "Linux 6.1 x64",
      node: "v20.20.0",
      commit: "0123456789abcdef",
      dirty: false,
    },
    notes: ["embedded AWS on this machine: not AWS latencies"],
    seed,
    weather: { ...usualWeather, seed },
    plans: { day: plan },
    overrides: { VisibilityTimeoutSeconds: "6" },
    trustworthy: true,
    chapters: rows,
  };
}

function inventedRun(behaviour: Behaviour, seed: number, key: number): Run {
  const { answerMs, workMs, goesWrong = {}, twice = [], number } = behaviour;
  const random = seededRandom(seed * 100 + Number(number) * 10 + key);
  const plan = shortDay(1);
  const moments = arrivals(plan.phases, seed);
  const customers = moments.map((startMs, place): CustomerDay => {
    const { outcome = "accepted", fate = "activated" } = goesWrong[place] ?? {};
    const answeredMs = outcome === "accepted" ? startMs + answerMs(random) : null;
    return {
      ...deviceAt(place),
      startMs,
      answeredMs,
      activeMs: fate === "activated" && answeredMs !== null ? answeredMs + workMs(random, place) : null,
      outcome,
      fate,
      provisionedCount: fate === "activated" ? (twice.includes(place) && key === 0 ? 2 : 1) : 0,
      poison: plan.poison.includes(deviceAt(place).macAddress),
    };
  });
  const having = (fate: Fate) => customers.filter((each) => each.fate === fate).length;
  const answered = customers.flatMap(({ answeredMs, startMs }) =>
    answeredMs === null ? [] : [answeredMs - startMs],
  );
  const worked = customers.flatMap(({ activeMs, startMs }) =>
    activeMs === null ? [] : [activeMs - startMs],
  );
  const accepted = customers.filter((each) => each.fate !== "refused").length;
  return {
    startedAt: "2026-11-23T10:15:00.000Z",
    seed,
    place: 1,
    response: quantiles({ finishedMs: answered, never: customers.length - answered.length }),
    activation: quantiles({
      finishedMs: worked,
      never: accepted - worked.length,
      ...(having("waiting") > 0 && { watchedMs: 8_000 }),
    }),
    ledger: {
      sent: customers.length,
      accepted,
      repeated: 0,
      rejected: 0,
      failed: 0,
      unanswered: customers.length - accepted,
      activated: having("activated"),
      gaveUp: having("gaveUp"),
      waiting: having("waiting"),
      deadLettered: having("deadLettered"),
      lost: having("lost"),
      orphaned: 0,
      doubled: customers.filter(({ provisionedCount }) => provisionedCount > 1).length,
      vendorCalls: 80,
    },
    sender: { lateMaxMs: 0.4, cpuShare: 0.01 },
    drain: { endedBy: "quiet", endedMs: 12_000 },
    kills: [{ atMs: 4_000, target: "api", openCalls: [] }],
    trustworthy: true,
    reasons: [],
    percentiles: percentiles({ finishedMs: answered, never: customers.length - answered.length }),
    customers,
    seconds: [],
    samples: [],
  };
}
