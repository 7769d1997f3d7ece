import { gigabytes, prices } from "#shared/cloud/cost.ts";
import type { Assumed } from "./assumptions.ts";
import { grow } from "./growth.ts";
import type { Grown, Growth } from "./growth.ts";

/** What grows with the load, and what protects the vendor. */
export const variants = ["all grows", "template", "no limit"] as const;
export type Variant = (typeof variants)[number];

/** One load on one variant, and what it leads to. */
export interface Outcome {
  perSecond: number;
  variant: Variant;
  growth: Growth;
  grown: Grown;
  /** Where more is asked than there is: "HTTP API" and how many times too much, the worst first. */
  over: { what: string; times: number }[];
  monthDollars: number;
}

// As the template's numbers fit 10 a second: twenty calls at once, in batches of four.
const callsPerCustomer = 2;
// More than ten in a batch need a window of a second, and then every customer waits for it.
const batchMost = 10;
const concurrencyMost = 1_000;

/** The load of so many customers a second, with the numbers of a variant. */
export function growthOf(perSecond: number, variant: Variant, assumed: Assumed): Growth {
  const { capacity, line, batch, concurrency, most } = assumed;
  const grownCapacity = Math.ceil(callsPerCustomer * perSecond);
  const grownConcurrency = Math.min(Math.max(Math.ceil(grownCapacity / batch), 2), concurrencyMost);
  const grownBatch = Math.min(Math.ceil(grownCapacity / grownConcurrency), batchMost);
  const changes = {
    "all grows": {
      vendor: { capacity: grownCapacity, line: grownCapacity },
      batchSize: grownBatch,
      concurrencyMax: grownConcurrency,
    },
    template: { vendor: { capacity, line }, batchSize: batch, concurrencyMax: concurrency },
    "no limit": { vendor: { capacity, line }, batchSize: batch, concurrencyMax: most },
  }[variant];
  return {
    perSecond,
    seconds: assumed.seconds,
    ...changes,
    vendor: { ...changes.vendor, medianMs: assumed.median, p99Ms: assumed.p99 },
    concurrencyFirst: assumed.first,
    concurrencyAMinute: assumed.more,
    inFlightMax: assumed.inflight,
    maxReceiveCount: assumed.receives,
    backoffMs: [5_000, 30_000, 120_000, 300_000],
    jitter: 0.5,
    retentionMs: assumed.retention * 86_400_000,
    sendMs: assumed.call + assumed.send,
    callMs: assumed.call,
    invocationMs: assumed.start,
    vendorWayMs: assumed.way,
    coldStartMs: assumed.cold,
    seed: assumed.seed,
  };
}

/** Lets the load come, and says what it leads to. */
export function outcomeOf(perSecond: number, variant: Variant, assumed: Assumed): Outcome {
  const growth = growthOf(perSecond, variant, assumed);
  const grown = grow(growth);
  return {
    perSecond,
    variant,
    growth,
    grown,
    over: overLimits(growth, grown, assumed),
    monthDollars: dollarsOf(grown, growth, assumed) * assumed.hours,
  };
}

/** By how much each limit is exceeded while customers come. What AWS raises on request is taken as raised in the simulation. */
function overLimits(growth: Growth, grown: Grown, assumed: Assumed): Outcome["over"] {
  const { perSecond, vendor, batchSize, concurrencyMax } = growth;
  const requests = perSecond * (1 + assumed.polls);
  const meanMs = vendor.medianMs * Math.exp((Math.log(vendor.p99Ms / vendor.medianMs) / 2.326_348) ** 2 / 2);
  const calls = (perSecond * meanMs) / 1_000;
  // Only what is worked on while customers come; each attempt takes a lease, and writes how it ended.
  const attempts = Math.min(grown.attempts / growth.seconds, (perSecond * grown.attempts) / grown.sent);
  const demands = [
    { what: "vendor", of: calls, limit: vendor.capacity },
    { what: "MaximumConcurrency", of: calls, limit: batchSize * concurrencyMax },
    { what: "HTTP API", of: requests, limit: assumed.api },
    {
      what: "Lambda",
      of: (requests * assumed.apims) / 1_000 + grown.concurrencyMost,
      limit: assumed.lambda,
    },
    { what: "devices table", of: perSecond, limit: assumed.table },
    { what: "tickets table", of: perSecond + 2 * attempts, limit: assumed.table },
    { what: "in flight", of: grown.inFlightMost, limit: assumed.inflight },
  ];
  return demands
    .map(({ what, of, limit }) => ({ what, times: of / limit }))
    .filter(({ what, times }) => times > 1 || (what === "in flight" && times >= 1))
    .toSorted((left, right) => right.times - left.times);
}

/** What this load costs on AWS, from the list of prices of `npm run cloud cost`; the vendor is somebody else's. */
function dollarsOf(grown: Grown, growth: Growth, assumed: Assumed): number {
  const { sent, done, attempts, batches, billedMs } = grown;
  const failed = attempts - done;
  const requests = sent * (1 + assumed.polls);
  const millions = (count: number, { dollars }: { dollars: number }) => (count / 1e6) * dollars;
  const apiSeconds = (requests * assumed.apims) / 1_000;
  const gbSeconds = (apiSeconds + billedMs / 1_000) * gigabytes;
  const deletes = Math.min(batches, done);
  const idlePolls = (5 * growth.seconds) / 20;
  return (
    millions(requests, prices.httpApi) +
    millions(requests + batches, prices.lambdaRequests) +
    millions(gbSeconds, prices.lambdaGbSeconds) +
    // Sends, receives, deletes in batches, and the changed visibility of each failure.
    millions(sent + batches + deletes + failed + idlePolls, prices.sqs) +
    // The claim and the ticket; a lease for each attempt, and how it ended.
    millions(2 * sent + 2 * attempts, prices.writes) +
    millions(sent * assumed.polls, prices.reads) +
    // Three lines of 150 bytes for each invocation.
    (((requests + batches) * 450) / 1e9) * prices.logs.dollars
  );
}
