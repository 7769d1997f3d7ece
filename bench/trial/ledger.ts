import type { Fate, LedgerEntries, RequestOutcome } from "#shared/results.ts";

/** What was seen, each from its own source; only the devices of the load, unless said otherwise. */
export interface Evidence {
  /** The answers: one for each customer. */
  requests: readonly {
    customerId: string;
    macAddress: string;
    outcome: RequestOutcome;
    eventId?: string;
    problem?: string;
  }[];
  /** The inventory's rows that somebody claimed. */
  claims: readonly { macAddress: string; eventId: string }[];
  /** The rows that say how far an activation is: tickets, or in chapter 01 the inventory's own. */
  tickets: readonly { eventId: string; status: string; activatedAtMs?: number | undefined }[];
  /** Messages that are still somewhere, by queue. */
  messages: readonly { eventId: string; deadLetter: boolean }[];
  /** Events that an execution environment has in hand. */
  workedOn: readonly string[];
  vendor: {
    calls: readonly { macAddress: string }[];
    provisionings: Readonly<Record<string, number>>;
    open: readonly string[];
  };
  /** Devices of the warm-up: they may be anywhere and count nowhere. */
  warmUpDevices: ReadonlySet<string>;
}

export interface Balance {
  entries: LedgerEntries;
  /** By the customer's place in `requests`. */
  fates: { fate: Fate; activatedAtMs: number | null; provisionedCount: number }[];
  /** What can't be true at the same time, with the entries that say so. Empty: the ledger balances. */
  imbalances: string[];
}

/** Says of every request what became of it, each from evidence of its own and none as a remainder. */
export function balance(evidence: Evidence): Balance {
  const { requests, vendor, warmUpDevices } = evidence;
  const ticketOf = new Map(evidence.tickets.map((ticket) => [ticket.eventId, ticket]));
  const eventOf = new Map(evidence.claims.map((claim) => [claim.macAddress, claim.eventId]));
  const queued = new Set(evidence.messages.filter((each) => !each.deadLetter).map((each) => each.eventId));
  const setAside = new Set(evidence.messages.filter((each) => each.deadLetter).map((each) => each.eventId));
  const workedOn = new Set(evidence.workedOn);
  const openDevices = new Set(vendor.open);
  const provisionedCount = (macAddress: string) => vendor.provisionings[macAddress] ?? 0;
  const imbalances: string[] = [];

  const fateOf = (eventId: string, macAddress: string): Fate => {
    const ticket = ticketOf.get(eventId);
    if (ticket?.status === "active") {
      return "activated";
    }
    if (queued.has(eventId) || workedOn.has(eventId) || openDevices.has(macAddress)) {
      return "waiting";
    }
    if (setAside.has(eventId)) {
      return "deadLettered";
    }
    return ticket?.status === "failed" ? "gaveUp" : "lost";
  };

  const fates = requests.map(({ customerId, macAddress, outcome, eventId, problem }) => {
    if (problem !== undefined) {
      imbalances.push(`${customerId}: ${problem}`);
    }
    const accepted = outcome === "accepted" || outcome === "repeated";
    const told = accepted ? eventId : undefined;
    const fate: Fate = told === undefined ? "refused" : fateOf(told, macAddress);
    const activatedAtMs = fate === "activated" ? (ticketOf.get(told ?? "")?.activatedAtMs ?? null) : null;
    if (told !== undefined && eventOf.get(macAddress) !== told) {
      const row = eventOf.get(macAddress) ?? "no activation";
      imbalances.push(`${customerId} was told ${told}, but the inventory has ${row} for ${macAddress}`);
    }
    if (fate === "activated" && activatedAtMs === null) {
      imbalances.push(`${customerId}: ${macAddress} is active, but nobody wrote down since when`);
    }
    return { fate, activatedAtMs, provisionedCount: provisionedCount(macAddress) };
  });

  const devices = new Set(requests.map(({ macAddress }) => macAddress));
  // Active for anybody: also for a customer whose answer was cut off.
  for (const { macAddress, eventId } of evidence.claims) {
    const active = ticketOf.get(eventId)?.status === "active";
    if (devices.has(macAddress) && active && provisionedCount(macAddress) === 0) {
      imbalances.push(`${macAddress} is active, but the vendor never provisioned it`);
    }
  }
  const known = new Set([...evidence.claims.map(({ eventId }) => eventId), ...ticketOf.keys()]);
  for (const { eventId, deadLetter } of evidence.messages) {
    if (!known.has(eventId)) {
      const where = deadLetter ? "set aside" : "in the queue";
      imbalances.push(`a message ${where} is about ${eventId}, which no device has`);
    }
  }
  const provisioned = Object.keys(vendor.provisionings).filter((mac) => provisionedCount(mac) > 0);
  for (const macAddress of provisioned) {
    if (!devices.has(macAddress) && !warmUpDevices.has(macAddress)) {
      imbalances.push(`the vendor provisioned ${macAddress}, which no customer asked for`);
    }
  }
  imbalances.push(...askedTwice(requests), ...stillBusy(evidence));

  const ours = provisioned.filter((macAddress) => devices.has(macAddress));
  const toldActive = new Set(
    requests.filter((_, at) => fates[at]?.fate === "activated").map((each) => each.macAddress),
  );
  const outcomes = (outcome: RequestOutcome) => requests.filter((each) => each.outcome === outcome).length;
  const fated = (fate: Fate) => fates.filter((each) => each.fate === fate).length;
  const entries = {
    sent: requests.length,
    accepted: outcomes("accepted"),
    repeated: outcomes("repeated"),
    rejected: outcomes("rejected"),
    failed: outcomes("failed"),
    unanswered: outcomes("unanswered"),
    activated: fated("activated"),
    gaveUp: fated("gaveUp"),
    waiting: fated("waiting"),
    deadLettered: fated("deadLettered"),
    lost: fated("lost"),
    // The vendor did it, and the customer who asked was never told that it works.
    orphaned: ours.filter((macAddress) => !toldActive.has(macAddress)).length,
    doubled: ours.filter((macAddress) => provisionedCount(macAddress) > 1).length,
    vendorCalls: vendor.calls.filter(({ macAddress }) => devices.has(macAddress)).length,
  };
  return { entries, fates, imbalances: [...imbalances, ...sums(entries, ours.length)] };
}

// The day sends one request for each device; two of them would need a count by event.
function askedTwice(requests: Evidence["requests"]): string[] {
  const seen = new Set<string>();
  return requests.flatMap(({ macAddress }) => {
    const again = seen.has(macAddress);
    seen.add(macAddress);
    return again ? [`${macAddress} was asked for twice, but every customer has a device`] : [];
  });
}

// While somebody works, the next moment's evidence would say something else.
function stillBusy({ vendor, workedOn, warmUpDevices }: Evidence): string[] {
  const calls = vendor.open.filter((macAddress) => !warmUpDevices.has(macAddress));
  return [
    ...calls.map((macAddress) => `the vendor still works on ${macAddress}`),
    ...workedOn.map((eventId) => `a function still works on ${eventId}`),
  ];
}

/** The sums that hold if every entry was found where it should be. */
function sums(entries: LedgerEntries, provisioned: number): string[] {
  const { sent, accepted, repeated, rejected, failed, unanswered } = entries;
  const { activated, gaveUp, waiting, deadLettered, lost, orphaned } = entries;
  const answers = accepted + repeated + rejected + failed + unanswered;
  const fates = activated + gaveUp + waiting + deadLettered + lost;
  return [
    ...(answers === sent ? [] : [`sent ${sent}, but outcomes ${answers}`]),
    ...(fates === accepted + repeated ? [] : [`accepted ${accepted + repeated}, but fates ${fates}`]),
    ...(provisioned === activated + orphaned
      ? []
      : [`provisioned ${provisioned}, but activated ${activated} and orphaned ${orphaned}`]),
  ];
}
