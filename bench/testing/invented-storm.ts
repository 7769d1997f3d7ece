import { deviceAt } from "#shared/devices.ts";
import type { CustomerDay, Fate, Plan, RequestOutcome, Run, Sample } from "#shared/results.ts";
import { arrivals, seededRandom } from "../plan/arrivals.ts";
import { secondsFrom } from "../figures/run.ts";
import { percentiles, quantiles } from "../figures/statistics.ts";

/** How an invented chapter weathers a storm: enough of a simulation for queues that grow and shrink as real ones do. */
export interface Traits {
  id: string;
  /** How many it works on at once. */
  servers: number;
  /** What a customer's answer waits for. */
  answers: "when the device works" | "at once";
  /** What a kill does to the work that is under way. */
  killed: "lost" | "done twice" | "done again";
  /** What becomes of the work that the vendor refuses. */
  refused: "failed" | "gaveUp" | "waits";
  /** What becomes of a device that can't be provisioned. */
  poisoned: Fate;
}

interface Job extends CustomerDay {
  beginsMs: number;
  endsMs: number;
}

const restartMs = 400;

/** A storm that nobody measured. */
export function inventedStormRun(traits: Traits, plan: Plan, seed: number, place = 1): Run {
  const jobs = jobsOf(traits, plan, seed);
  const answered = jobs.filter(({ outcome }) => outcome === "accepted");
  const answeredAfterMs = answered.flatMap(({ answeredMs, startMs }) =>
    answeredMs === null ? [] : [answeredMs - startMs],
  );
  const worksAfterMs = answered.flatMap(({ activeMs, startMs }) =>
    activeMs === null ? [] : [activeMs - startMs],
  );
  const having = (fate: Fate) => answered.filter((each) => each.fate === fate).length;
  const responses = { finishedMs: answeredAfterMs, never: jobs.length - answeredAfterMs.length };
  const activated = jobs.filter(({ activeMs }) => activeMs !== null);
  return {
    startedAt: "2026-11-23T10:20:00.000Z",
    seed,
    place,
    response: quantiles(responses),
    activation: quantiles({
      finishedMs: worksAfterMs,
      never: answered.length - worksAfterMs.length,
      ...(having("waiting") > 0 && { watchedMs: plan.horizonMs / 2 }),
    }),
    ledger: {
      sent: jobs.length,
      accepted: answered.length,
      repeated: 0,
      rejected: 0,
      failed: jobs.filter(({ outcome }) => outcome === "failed").length,
      unanswered: jobs.filter(({ outcome }) => outcome === "unanswered").length,
      activated: having("activated"),
      gaveUp: having("gaveUp"),
      waiting: having("waiting"),
      deadLettered: having("deadLettered"),
      lost: having("lost"),
      orphaned: traits.answers === "at once" ? 0 : Math.round(traits.servers / 2),
      doubled: jobs.filter(({ provisionedCount }) => provisionedCount > 1).length,
      vendorCalls: activated.length,
    },
    sender: { lateP99Ms: 0.9, lateMaxMs: 2.4, cpuShare: 0.06 },
    drain: { endedBy: "limit", endedMs: plan.horizonMs },
    kills: plan.events
      .filter(({ does }) => does.startsWith("kill"))
      .map(({ atMs }) => ({ atMs, target: "api", openCalls: [] })),
    trustworthy: true,
    reasons: [],
    percentiles: percentiles(responses),
    customers: [],
    seconds: secondsFrom(
      jobs,
      jobs.flatMap(({ beginsMs }) => (beginsMs < plan.horizonMs ? [beginsMs] : [])),
      plan.horizonMs,
    ),
    samples: samplesOf(traits, jobs, plan),
    ...(plan.healed.length > 0 && { beforeRedrive: { poison: having("deadLettered"), healthy: 0 } }),
  };
}

/** First come, first served, by so many servers at once; what an outage meets comes again when it is over. */
function jobsOf(traits: Traits, plan: Plan, seed: number): Job[] {
  const random = seededRandom(seed * 100 + Number(traits.id.slice(0, 2)));
  const kills = momentsOf(plan, "kill-worker");
  const answers = traits.answers === "at once" ? [...momentsOf(plan, "kill-api")] : [];
  const apiKills = traits.refused === "waits" ? answers : [...kills, ...momentsOf(plan, "kill-api")];
  const [outageMs = Infinity] = momentsOf(plan, "outage-begins");
  const [calmMs = Infinity] = momentsOf(plan, "outage-ends");
  const isOut = (ms: number) => ms >= outageMs && ms < calmMs;
  const free: number[] = Array.from({ length: traits.servers }, () => 0);
  return arrivals(plan.phases, seed).map((startMs, at): Job => {
    const device = deviceAt(at);
    const poison = plan.poison.includes(device.macAddress);
    const workMs = 200 * Math.exp(0.47 * 2 * (random() + random() + random() - 1.5));
    const soonest = Math.min(...free);
    const waits = traits.refused === "waits";
    const full = !waits && soonest > startMs + 300;
    const begins = waits ? Math.max(soonest, startMs + 15) : Math.max(soonest, startMs);
    const beginsMs = isOut(begins) && waits ? calmMs + random() * 3_000 : begins;
    const turnedAway = !waits && (full || isOut(begins));
    const endsMs = turnedAway ? startMs + 4 : beginsMs + workMs;
    const interrupted = kills.some((ms) => ms > beginsMs && ms < endsMs);
    if (!turnedAway) {
      // A redelivery takes no server for the time in which its message is hidden.
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
