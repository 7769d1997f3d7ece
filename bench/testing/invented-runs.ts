import { deviceAt } from "#shared/devices.ts";
import type { CustomerDay, Fate, Plan, RequestOutcome, Run, Sample } from "#shared/results.ts";
import { runOf } from "../figures/run.ts";
import { arrivals, seededRandom } from "../plan/arrivals.ts";
import { shortDay } from "../plan/plans.ts";
import { entriesOf } from "../trial/ledger.ts";
import { usualWeather } from "#shared/vendor-simulator/weather.ts";
import type { TrialResult } from "../trial/trial.ts";

/** How an invented chapter behaves on the short day. Everything else is drawn from the seed. */
export interface Behaviour {
  number: string;
  name: string;
  answerMs: (random: () => number) => number;
  /** From the answer until the device works. The customer's index decides what goes wrong. */
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

export const behaviours: readonly Behaviour[] = [
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

/** An invented day. */
export function inventedDay(behaviour: Behaviour, seed: number, key: number): Run {
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
  return inventedRun({
    startedAt: new Date("2026-11-23T10:15:00.000Z"),
    seed,
    plan,
    customers,
    watchedMs: 8_000,
    sender: { lateMaxMs: 0.4, cpuShare: 0.01 },
    drain: { endedBy: "quiet", endedMs: 12_000 },
    kills: [{ atMs: 4_000, target: "api", openCalls: [] }],
    ledger: entriesOf(customers, 80),
  });
}

interface Invented extends Omit<TrialResult, "sent" | "samples" | "vendorCallsAtMs" | "imbalances"> {
  /** How long the last customer was watched. */
  watchedMs: number;
  sender: Run["sender"];
  samples?: Sample[];
  vendorCallsAtMs?: number[];
  place?: number;
}

function inventedRun({ watchedMs, sender, place = 1, ...trial }: Invented): Run {
  const [firstMs, lastMs] = [trial.customers[0]?.startMs ?? 0, trial.customers.at(-1)?.startMs ?? 0];
  const run = runOf(
    {
      samples: [],
      vendorCallsAtMs: [],
      imbalances: [],
      ...trial,
      plan: { ...trial.plan, horizonMs: watchedMs + lastMs - firstMs },
      sent: { answers: [], clock: { longestPauseMs: 0, driftMs: 0 }, cpuShare: sender.cpuShare },
    },
    place,
  );
  return { ...run, sender };
}

/** How an invented chapter survives a storm: a simulation with queues that grow and shrink as real ones do. */
export interface Traits {
  id: string;
  /** How many it works on at the same time. */
  servers: number;
  /** What a customer's answer waits for. */
  answers: "when the device works" | "at once";
  /** What a kill does to work in progress. */
  killed: "lost" | "done twice" | "done again";
  /** What becomes of work that the vendor refuses. */
  refused: "failed" | "gaveUp" | "waits";
  /** What becomes of a device that can't be provisioned. */
  poisoned: Fate;
}

const queued = { answers: "at once", refused: "waits", killed: "done twice", servers: 18 } as const;

/** By row. */
export const traits: readonly Traits[] = [
  {
    id: "01",
    servers: 20,
    answers: "when the device works",
    killed: "lost",
    refused: "failed",
    poisoned: "refused",
  },
  { id: "02", servers: 20, answers: "at once", killed: "lost", refused: "gaveUp", poisoned: "gaveUp" },
  { ...queued, id: "03", servers: 1, killed: "done again", poisoned: "waiting" },
  { ...queued, id: "04", poisoned: "waiting" },
  { ...queued, id: "05", poisoned: "deadLettered" },
  { ...queued, id: "06", killed: "lost", poisoned: "deadLettered" },
  { ...queued, id: "07", poisoned: "deadLettered" },
  { ...queued, id: "07+key", killed: "done again", poisoned: "deadLettered" },
];

interface Job extends CustomerDay {
  beginsMs: number;
  endsMs: number;
}

const restartMs = 400;

/** An invented storm. */
export function inventedStorm(traits: Traits, plan: Plan, seed: number): Run {
  const jobs = jobsOf(traits, plan, seed);
  const activated = jobs.filter(({ fate }) => fate === "activated");
  const ledger = entriesOf(jobs, activated.length);
  return inventedRun({
    startedAt: new Date("2026-11-23T10:20:00.000Z"),
    seed,
    plan,
    customers: jobs,
    watchedMs: plan.horizonMs / 2,
    sender: { lateP99Ms: 0.9, lateMaxMs: 2.4, cpuShare: 0.06 },
    drain: { endedBy: "limit", endedMs: plan.horizonMs },
    kills: plan.events
      .filter(({ does }) => does.startsWith("kill"))
      .map(({ atMs }) => ({ atMs, target: "api", openCalls: [] })),
    ledger: { ...ledger, orphaned: traits.answers === "at once" ? 0 : Math.round(traits.servers / 2) },
    samples: samplesOf(traits, jobs, plan),
    vendorCallsAtMs: jobs.flatMap(({ beginsMs }) => (beginsMs < plan.horizonMs ? [beginsMs] : [])),
    ...(plan.healed.length > 0 && { beforeRedrive: { poison: ledger.deadLettered, healthy: 0 } }),
  });
}

/** First come, first served, by several servers. What meets an outage comes back when it is over. */
function jobsOf(traits: Traits, plan: Plan, seed: number): Job[] {
  const random = seededRandom(seed * 100 + Number(traits.id.slice(0, 2)));
  const kills = momentsOf(plan, "kill-worker");
  const answers = traits.answers === "at once" ? [...momentsOf(plan, "kill-api")] : [];
  const apiKills = traits.refused === "waits" ? answers : [...kills, ...momentsOf(plan, "kill-api")];
  const [outageMs = Infinity] = momentsOf(plan, "outage-begins");
  const [calmMs = Infinity] = momentsOf(plan, "outage-ends");
  const { medianMs = usualWeather.medianMs } = plan.weather;
  const isOut = (ms: number) => ms >= outageMs && ms < calmMs;
  const free: number[] = Array.from({ length: traits.servers }, () => 0);
  return arrivals(plan.phases, seed).map((startMs, at): Job => {
    const device = deviceAt(at);
    const poison = plan.poison.includes(device.macAddress);
    const workMs = medianMs * Math.exp(0.47 * 2 * (random() + random() + random() - 1.5));
    const soonest = Math.min(...free);
    const waits = traits.refused === "waits";
    const full = !waits && soonest > startMs + 300;
    const begins = waits ? Math.max(soonest, startMs + 15) : Math.max(soonest, startMs);
    const beginsMs = isOut(begins) && waits ? calmMs + random() * 3_000 : begins;
    const turnedAway = !waits && (full || isOut(begins));
    const endsMs = turnedAway ? startMs + 4 : beginsMs + workMs;
    const interrupted = kills.some((ms) => ms > beginsMs && ms < endsMs);
    if (!turnedAway) {
      // A redelivery occupies no server while its message is hidden.
      free[free.indexOf(soonest)] = endsMs;
    }
    const down = apiKills.some((ms) => startMs > ms && startMs < ms + restartMs);
    const refused = (turnedAway || interrupted || poison) && traits.answers === "when the device works";
    const outcome: RequestOutcome =
      down || (interrupted && refused) ? "unanswered" : refused ? "failed" : "accepted";
    const fate = fateOf({ outcome, poison, turnedAway, interrupted, ended: endsMs < plan.horizonMs }, traits);
    const answeredMs = traits.answers === "at once" ? startMs + 7 + 8 * random() ** 3 : endsMs;
    const comesAgainMs = interrupted ? 6_000 : 0;
    return {
      ...device,
      startMs,
      answeredMs: outcome === "unanswered" ? null : answeredMs,
      activeMs: fate === "activated" ? endsMs + comesAgainMs : null,
      outcome,
      fate,
      provisionedCount: fate === "activated" ? (interrupted && traits.killed === "done twice" ? 2 : 1) : 0,
      poison,
      beginsMs,
      endsMs,
    };
  });
}

interface Met {
  outcome: RequestOutcome;
  poison: boolean;
  turnedAway: boolean;
  interrupted: boolean;
  ended: boolean;
}

function fateOf({ outcome, poison, turnedAway, interrupted, ended }: Met, traits: Traits): Fate {
  if (outcome !== "accepted") {
    return "refused";
  }
  if (poison) {
    return traits.poisoned;
  }
  if (turnedAway) {
    return "gaveUp";
  }
  if (interrupted && traits.killed === "lost") {
    return "lost";
  }
  return ended ? "activated" : "waiting";
}

function samplesOf({ refused }: Traits, jobs: readonly Job[], plan: Plan): Sample[] {
  const everyMs = plan.sampleEveryMs ?? 250;
  const hasQueue = refused === "waits";
  const seen = hasQueue ? jobs.filter(({ outcome }) => outcome === "accepted") : jobs;
  return Array.from({ length: Math.floor(plan.horizonMs / everyMs) }, (_, at): Sample => {
    const atMs = at * everyMs;
    let [waiting, working, setAside] = [0, 0, 0];
    for (const { startMs, beginsMs, endsMs, fate } of seen) {
      waiting += startMs <= atMs && beginsMs > atMs ? 1 : 0;
      working += beginsMs <= atMs && endsMs > atMs ? 1 : 0;
      setAside += fate === "deadLettered" && startMs < atMs - 9_000 ? 1 : 0;
    }
    return {
      atMs,
      visible: hasQueue ? waiting : 0,
      inFlight: hasQueue ? working : 0,
      setAside,
      vendorOpen: working,
    };
  });
}

function momentsOf({ events }: Plan, does: Plan["events"][number]["does"]): number[] {
  return events.filter((event) => event.does === does).map(({ atMs }) => atMs);
}
