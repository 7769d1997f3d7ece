import { gigabytes, prices } from "#shared/cloud/cost.ts";
import type { Assumed } from "./assumptions.ts";
import { grow } from "./growth.ts";
import type { Growth } from "./growth.ts";
import type { Grown } from "./grown.ts";

/** The designs that are compared: what grows with the load, and what protects the vendor. */
export const variants = ["all grows", "pollers", "template", "no limit"] as const;
export type Variant = (typeof variants)[number];

/** One load on one variant, and what it leads to. */
export interface Outcome {
  perSecond: number;
  variant: Variant;
  growth: Growth;
  grown: Grown;
  /** The exceeded limits, such as "HTTP API": how many times too much, and since when. What bends first comes first. */
  over: { what: string; times: number; fromMs: number }[];
  monthDollars: number;
}

// The template's numbers fit 10 a second: twenty calls at once, in batches of four.
const callsPerCustomer = 2;
// Batches of more than ten need a batching window of a second, and every customer would wait for it.
const batchMost = 10;
const concurrencyMost = 1_000;
const batchesOfPoller = 10;
const pollersLeast = 2;
// The same as in 08's handler.
const leaseMarginMs = 500;

/** The load of this many customers a second, with the numbers of a variant. */
export function growthOf(perSecond: number, variant: Variant, assumed: Assumed): Growth {
  const { capacity, line, batch, concurrency, most } = assumed;
  const grownCapacity = Math.ceil(callsPerCustomer * perSecond);
  const grownConcurrency = Math.min(Math.max(Math.ceil(grownCapacity / batch), 2), concurrencyMost);
  const grownBatch = Math.min(Math.ceil(grownCapacity / grownConcurrency), batchMost);
  const pollers = Math.max(
    Math.min(assumed.pollers, Math.ceil(grownConcurrency / batchesOfPoller)),
    pollersLeast,
  );
  const grown = {
    vendor: { capacity: grownCapacity, line: grownCapacity },
    batchSize: grownBatch,
    concurrencyMax: grownConcurrency,
  };
  const changes = {
    "all grows": grown,
    // Provisioned mode has at least 20 batches at once, since MaximumConcurrency can't be set there.
    pollers: {
      ...grown,
      concurrencyFirst: pollers * batchesOfPoller,
      concurrencyMax: Math.max(grownConcurrency, pollers * batchesOfPoller),
      concurrencyAMinute: assumed.pollermore,
    },
    template: { vendor: { capacity, line }, batchSize: batch, concurrencyMax: concurrency },
    "no limit": { vendor: { capacity, line }, batchSize: batch, concurrencyMax: most },
  }[variant];
  return {
    perSecond,
    seconds: assumed.seconds,
    concurrencyFirst: assumed.first,
    concurrencyAMinute: assumed.more,
    ...changes,
    vendor: { ...changes.vendor, medianMs: assumed.median, p99Ms: assumed.p99 },
    inFlightMax: assumed.inflight,
    quotas: {
      requestsPerSecond: assumed.api,
      executions: assumed.lambda,
      environmentsPer10Seconds: assumed.environments,
      tableWrites: assumed.table,
      tableWritesMost: assumed.tablemost,
      tableGrowsAfterMs: assumed.grows * 60_000,
    },
    maxReceiveCount: assumed.receives,
    backoffMs: [5_000, 30_000, 120_000, 300_000],
    jitter: 0.5,
    retentionMs: assumed.retention * 86_400_000,
    polls: assumed.polls,
    apiMs: assumed.apims,
    sendMs: assumed.call + assumed.send,
    callMs: assumed.call,
    invocationMs: assumed.start,
    vendorWayMs: assumed.way,
    coldStartMs: assumed.cold,
    retryMs: assumed.retry,
    leaseMs: assumed.timeout * 1_000 + leaseMarginMs,
    seed: assumed.seed,
  };
}

/** Simulates the load. Returns what became of it, which limits bent, and what it costs. */
export function outcomeOf(perSecond: number, variant: Variant, assumed: Assumed): Outcome {
  const growth = growthOf(perSecond, variant, assumed);
  const grown = grow(growth);
  const batches = Math.max(growth.concurrencyFirst, grown.concurrencyMost);
  const pollerHours = variant === "pollers" ? (batches / batchesOfPoller) * (growth.seconds / 3_600) : 0;
  return {
    perSecond,
    variant,
    growth,
    grown,
    over: overLimits(growth, grown),
    monthDollars: (dollarsOf(grown, growth) + pollerHours * assumed.pollerprice) * assumed.hours,
  };
}

/** By how much each limit is exceeded, the first one first. */
function overLimits({ perSecond, vendor, batchSize, concurrencyMax }: Growth, grown: Grown): Outcome["over"] {
  const meanMs = vendor.medianMs * Math.exp((Math.log(vendor.p99Ms / vendor.medianMs) / 2.326_348) ** 2 / 2);
  const calls = (perSecond * meanMs) / 1_000;
  const { front, inFlight } = grown;
  const asked = [
    { what: "vendor", times: calls / vendor.capacity },
    { what: "MaximumConcurrency", times: calls / (batchSize * concurrencyMax) },
  ].map((each) => ({ ...each, fromMs: each.times > 1 ? 0 : Infinity }));
  return [...asked, front.gateway, front.lambda, front.devices.limit, front.tickets.limit, inFlight]
    .filter(({ fromMs }) => fromMs < Infinity)
    .map(({ what, times, fromMs }) => ({ what, times, fromMs }))
    .toSorted((left, right) => left.fromMs - right.fromMs || right.times - left.times);
}

/** What this load costs on AWS in dollars, by the prices of `npm run cloud cost`. The vendor's system costs someone else. */
function dollarsOf(grown: Grown, { seconds, apiMs }: Growth): number {
  const { sent, done, attempts, batches, billedMs, front } = grown;
  const failed = attempts - done;
  const millions = (count: number, { dollars }: { dollars: number }) => (count / 1e6) * dollars;
  const apiSeconds = (front.executions * apiMs) / 1_000;
  const gbSeconds = (apiSeconds + billedMs / 1_000) * gigabytes;
  const deletes = Math.min(batches, done);
  const idlePolls = (5 * seconds) / 20;
  return (
    millions(front.requests, prices.httpApi) +
    millions(front.executions + batches, prices.lambdaRequests) +
    millions(gbSeconds, prices.lambdaGbSeconds) +
    // Sends, receives, deletes in batches, and the changed visibility of each failure.
    millions(sent + batches + deletes + failed + idlePolls, prices.sqs) +
    // The claim and the ticket; a lease for each attempt, and how it ended. What is throttled is not billed.
    millions(front.devices.written + front.tickets.written, prices.writes) +
    millions(front.reads, prices.reads) +
    // Three lines of 150 bytes for each invocation.
    (((front.executions + batches) * 450) / 1e9) * prices.logs.dollars
  );
}
