import type { Fate, LedgerEntries, RequestOutcome } from "#shared/results.ts";

/** What an answer can be: each request has exactly one of these. */
const outcomes = ["accepted", "repeated", "rejected", "failed", "unanswered"] as const;
/** What can become of an accepted activation: each has exactly one of these. */
const owedFates = ["activated", "gaveUp", "waiting", "deadLettered", "lost"] as const;

/** Whether the customer got a ticket, so that an activation is owed to them. */
export const isAccepted = (outcome: RequestOutcome): boolean =>
  outcome === "accepted" || outcome === "repeated";

/** What was seen, each from its own source. Only the devices of the load, unless stated otherwise. */
export interface Evidence {
  /** The answers: one per customer. */
  requests: readonly {
    customerId: string;
    macAddress: string;
    outcome: RequestOutcome;
    eventId?: string;
    problem?: string;
  }[];
  /** The inventory's claimed rows. */
  claims: readonly { macAddress: string; eventId: string }[];
  /** The rows with an activation's progress: tickets, or in chapter 01 the inventory's own. */
  tickets: readonly { eventId: string; status: string; activatedAtMs?: number | undefined }[];
  /** Messages that still exist, by queue. */
  messages: readonly { eventId: string; deadLetter: boolean }[];
  /** Events that an execution environment is working on. */
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
  /** By the customer's index in `requests`. */
  fates: Found[];
  /** What can't be true at the same time, with the entries that say so. Empty: the ledger balances. */
  imbalances: string[];
}

interface Found {
  outcome: RequestOutcome;
  fate: Fate;
  activatedAtMs: number | null;
  provisionedCount: number;
}

/** Determines what became of every request, each from separate evidence and none as a remainder. */
export function balance(evidence: Evidence): Balance {
  const { requests } = evidence;
  const index = indexed(evidence);
  const fates = requests.map((request): Found => {
    const fate = fateOf(request, index);
    const ticket = index.ticketOf.get(request.eventId ?? "");
    return {
      outcome: request.outcome,
      fate,
      activatedAtMs: fate === "activated" ? (ticket?.activatedAtMs ?? null) : null,
      provisionedCount: index.provisionedCount(request.macAddress),
    };
  });
  const calls = evidence.vendor.calls.filter(({ macAddress }) => index.devices.has(macAddress));
  const entries = entriesOf(fates, calls.length);
  const imbalances = [
    ...requests.flatMap((request, at) => contradictions(request, fates[at], index)),
    ...strayEvidence(evidence, index),
    ...askedTwice(requests),
    ...stillBusy(evidence),
    ...unequalSums(entries, index),
  ];
  return { entries, fates, imbalances };
}

/** The sums over all customers. `vendorCalls` are the calls for their devices. */
export function entriesOf(
  customers: readonly Pick<Found, "outcome" | "fate" | "provisionedCount">[],
  vendorCalls: number,
): LedgerEntries {
  const provisioned = customers.filter(({ provisionedCount }) => provisionedCount > 0);
  return {
    sent: customers.length,
    ...countsOf(
      outcomes,
      customers.map(({ outcome }) => outcome),
    ),
    ...countsOf(
      owedFates,
      customers.map(({ fate }) => fate),
    ),
    // The vendor did it, but the customer was never told that it works.
    orphaned: provisioned.filter(({ fate }) => fate !== "activated").length,
    doubled: provisioned.filter(({ provisionedCount }) => provisionedCount > 1).length,
    vendorCalls,
  };
}

/** How often each name occurs. */
function countsOf<Name extends string>(names: readonly Name[], all: readonly string[]): Record<Name, number> {
  const counts = names.map((name) => [name, all.filter((each) => each === name).length]);
  return Object.fromEntries(counts) as Record<Name, number>;
}

type AskedFor = Evidence["requests"][number];
type Index = ReturnType<typeof indexed>;

function indexed({ requests, claims, tickets, messages, workedOn, vendor }: Evidence) {
  const eventsIn = (deadLetter: boolean) =>
    new Set(messages.filter((each) => each.deadLetter === deadLetter).map(({ eventId }) => eventId));
  const provisionedCount = (macAddress: string) => vendor.provisionings[macAddress] ?? 0;
  return {
    devices: new Set(requests.map(({ macAddress }) => macAddress)),
    eventOf: new Map(claims.map(({ macAddress, eventId }) => [macAddress, eventId])),
    ticketOf: new Map(tickets.map((ticket) => [ticket.eventId, ticket])),
    queued: eventsIn(false),
    setAside: eventsIn(true),
    workedOn: new Set(workedOn),
    openDevices: new Set(vendor.open),
    provisionedCount,
    provisioned: Object.keys(vendor.provisionings).filter((macAddress) => provisionedCount(macAddress) > 0),
  };
}

function fateOf({ macAddress, outcome, eventId }: AskedFor, index: Index): Fate {
  if (!isAccepted(outcome) || eventId === undefined) {
    return "refused";
  }
  const status = index.ticketOf.get(eventId)?.status;
  if (status === "active") {
    return "activated";
  }
  if (index.queued.has(eventId) || index.workedOn.has(eventId) || index.openDevices.has(macAddress)) {
    return "waiting";
  }
  if (index.setAside.has(eventId)) {
    return "deadLettered";
  }
  return status === "failed" ? "gaveUp" : "lost";
}

/** How the evidence contradicts an answer. */
function contradictions(
  { customerId, macAddress, outcome, eventId, problem }: AskedFor,
  found: Found | undefined,
  { eventOf }: Index,
): string[] {
  const inventoryHas = eventOf.get(macAddress) ?? "no activation";
  const isOwed = isAccepted(outcome) && eventId !== undefined;
  const isDateless = found?.fate === "activated" && found.activatedAtMs === null;
  return [
    ...when(problem !== undefined, `${customerId}: ${problem}`),
    ...when(
      isOwed && inventoryHas !== eventId,
      `${customerId} was told ${eventId}, but the inventory has ${inventoryHas} for ${macAddress}`,
    ),
    ...when(isDateless, `${customerId}: ${macAddress} is active, but its row does not say since when`),
  ];
}

/** Rows, messages and provisionings that no request explains. */
function strayEvidence({ claims, tickets, messages, warmUpDevices }: Evidence, index: Index): string[] {
  const { devices, ticketOf, provisioned, provisionedCount } = index;
  const known = new Set([...claims, ...tickets].map(({ eventId }) => eventId));
  return [
    // Active even for a customer whose answer was cut off.
    ...claims
      .filter(
        ({ macAddress, eventId }) => devices.has(macAddress) && ticketOf.get(eventId)?.status === "active",
      )
      .filter(({ macAddress }) => provisionedCount(macAddress) === 0)
      .map(({ macAddress }) => `${macAddress} is active, but the vendor never provisioned it`),
    ...messages
      .filter(({ eventId }) => !known.has(eventId))
      .map(({ eventId, deadLetter }) => {
        const where = deadLetter ? "set aside" : "in the queue";
        return `a message ${where} is about ${eventId}, which no device has`;
      }),
    ...provisioned
      .filter((macAddress) => !devices.has(macAddress) && !warmUpDevices.has(macAddress))
      .map((macAddress) => `the vendor provisioned ${macAddress}, which no customer asked for`),
  ];
}

// A plan sends one request per device. Two of them would need a count by event.
function askedTwice(requests: Evidence["requests"]): string[] {
  const devices = requests.map(({ macAddress }) => macAddress);
  return devices
    .filter((macAddress, at) => devices.indexOf(macAddress) < at)
    .map((macAddress) => `${macAddress} was asked for twice, but every customer has a device`);
}

// While anything is working, the next moment's evidence would differ.
function stillBusy({ vendor, workedOn, warmUpDevices }: Evidence): string[] {
  const calls = vendor.open.filter((macAddress) => !warmUpDevices.has(macAddress));
  return [
    ...calls.map((macAddress) => `the vendor still works on ${macAddress}`),
    ...workedOn.map((eventId) => `a function still works on ${eventId}`),
  ];
}

/** The sums that must be equal if every entry was found where it should be. */
function unequalSums(entries: LedgerEntries, index: Index): string[] {
  const provisioned = index.provisioned.filter((macAddress) => index.devices.has(macAddress)).length;
  const { sent, accepted, repeated, activated, orphaned } = entries;
  const total = (names: readonly (keyof LedgerEntries)[]) =>
    names.reduce((sum, name) => sum + entries[name], 0);
  const [answers, fates] = [total(outcomes), total(owedFates)];
  const owed = accepted + repeated;
  return [
    ...when(answers !== sent, `sent ${sent}, but outcomes ${answers}`),
    ...when(fates !== owed, `accepted ${owed}, but fates ${fates}`),
    ...when(
      provisioned !== activated + orphaned,
      `provisioned ${provisioned}, but activated ${activated} and orphaned ${orphaned}`,
    ),
  ];
}

const when = (isSo: boolean, imbalance: string): string[] => (isSo ? [imbalance] : []);
