import type { LimitProbe } from "#shared/limit.ts";
import { beliefBetween, learn, rateAt } from "./search.ts";
import type { Belief } from "./search.ts";

/** What the probes have shown together. */
export type Found =
  | { kind: "interval"; fromPerSecond: number; toPerSecond: number }
  /** No rate that could be sent was too high. */
  | { kind: "at least"; fromPerSecond: number }
  /** Not even the lowest rate that was tried keeps the promise. */
  | { kind: "never"; probe: LimitProbe }
  /** The sender was late before any rate was kept, so nothing can be said. */
  | { kind: "late"; probe: LimitProbe };

interface FindOptions {
  /** Measures at one rate. */
  probe: (perSecond: number) => Promise<LimitProbe>;
  /** Whether there are time and devices left for another probe at this rate. */
  mayProbe: (perSecond: number) => boolean;
}

/** How often an interval contains the limit, as found with simulated systems (find.test.ts), rounded down. */
export const confidence = 0.8;
const outside = (1 - confidence) / 2;

const widestSearch = 16;
// Fewer customers say nothing about one in twenty.
const fewestCustomers = 6;
// The throughput is a bound, and most systems come close to it before a promise breaks.
const leanToThroughput = 1.5;
const mostDoubts = 2;

/** Searches for the limit below the throughput, which was measured in a flood: no rate above it ever counts as kept. */
export async function findBelow(
  throughputPerSecond: number,
  { probe, mayProbe, seconds }: FindOptions & { seconds: number },
): Promise<{ found: Found; probes: LimitProbe[] }> {
  const lowest = Math.min(
    Math.max(throughputPerSecond / widestSearch, fewestCustomers / seconds),
    throughputPerSecond / 2,
  );
  let belief = beliefBetween(lowest, throughputPerSecond, leanToThroughput);
  const probes: LimitProbe[] = [];
  let next = rateAt(belief, 0.5);
  while (mayProbe(next) && probes.filter(({ doubt }) => doubt !== undefined).length < mostDoubts) {
    const probed = await probe(next);
    probes.push(probed);
    if (probed.doubt === undefined) {
      belief = learn(belief, probed);
      if (!probed.kept && next === lowest) {
        break;
      }
    }
    // If most customers miss it, that is no backlog: perhaps no rate keeps it, which the lowest one shows.
    const isHopeless = isFarFromKept(probed) && probes.every(({ kept }) => !kept);
    next = isHopeless ? lowest : rateAt(belief, 0.5);
  }
  return { found: conclude(probes, belief, throughputPerSecond), probes };
}

const isFarFromKept = ({ kept, answered, works }: LimitProbe): boolean =>
  !kept && [answered, works].some((clock) => clock !== undefined && 2 * clock.inTime < clock.of);

function conclude(probes: readonly LimitProbe[], belief: Belief, mostPerSecond: number): Found {
  const keptUpTo = highestKept(probes);
  const doubtful = probes.findLast(({ doubt }) => doubt !== undefined);
  const broken = probes.filter(({ kept, doubt }) => !kept && doubt === undefined);
  if (keptUpTo === undefined) {
    const lowest = broken.toSorted((left, right) => left.perSecond - right.perSecond)[0] ?? doubtful;
    if (lowest === undefined) {
      throw new Error("Expected time for one probe at least, but there was none");
    }
    return lowest.doubt === undefined ? { kind: "never", probe: lowest } : { kind: "late", probe: lowest };
  }
  if (doubtful !== undefined && broken.every(({ perSecond }) => perSecond > doubtful.perSecond)) {
    return { kind: "at least", fromPerSecond: keptUpTo };
  }
  const toPerSecond = Math.min(rateAt(belief, 1 - outside), mostPerSecond);
  return {
    kind: "interval",
    fromPerSecond: Math.min(rateAt(belief, outside), keptUpTo, toPerSecond),
    toPerSecond,
  };
}

function highestKept(probes: readonly LimitProbe[]): number | undefined {
  const kept = probes.filter((probe) => probe.kept).map(({ perSecond }) => perSecond);
  return kept.length === 0 ? undefined : Math.max(...kept);
}

const firstPerSecond = 1;
const bigStep = 2;
const smallStep = 1.25;

/**
 * Climbs from one a second to the first overload and stops there, since we don't flood other people's servers. The steps get smaller
 * where answers get slow.
 */
export async function climb({
  probe,
  mayProbe,
  answeredMs,
}: FindOptions & { answeredMs: number }): Promise<{ found: Found; probes: LimitProbe[] }> {
  const probes: LimitProbe[] = [];
  for (let next = firstPerSecond; mayProbe(next);) {
    const probed = await probe(next);
    probes.push(probed);
    if (!probed.kept) {
      return { found: summit(probes, probed), probes };
    }
    const isNear = (probed.answered.p95Ms ?? 0) > answeredMs / 3;
    next *= isNear ? smallStep : bigStep;
  }
  return { found: { kind: "at least", fromPerSecond: shownUpTo(probes) }, probes };
}

/** What a climb that ended at this probe says. */
function summit(probes: readonly LimitProbe[], last: LimitProbe): Found {
  const keptUpTo = highestKept(probes);
  if (last.doubt !== undefined) {
    return keptUpTo === undefined
      ? { kind: "late", probe: last }
      : { kind: "at least", fromPerSecond: Math.min(keptUpTo, shownUpTo(probes)) };
  }
  if (keptUpTo === undefined) {
    return { kind: "never", probe: last };
  }
  const belief = probes.reduce(learn, beliefBetween(firstPerSecond / 2, last.perSecond * 1.5, 0));
  const toPerSecond = Math.min(rateAt(belief, 1 - outside), shownUpTo(probes));
  return {
    kind: "interval",
    fromPerSecond: Math.min(rateAt(belief, outside), keptUpTo, toPerSecond),
    toPerSecond,
  };
}

// Customers who come at the very end are done after it.
const nearlyAll = 0.95;

/** The most that any probe did in a second: a short one may end before its backlog has broken the promise. */
const shownUpTo = (probes: readonly LimitProbe[]): number =>
  Math.max(
    ...probes.map(({ perSecond, donePerSecond }) =>
      donePerSecond >= nearlyAll * perSecond ? perSecond : donePerSecond,
    ),
  );
