// The evidence for the ledger a second time, from the trace alone. It finds what the trace can't explain, before a reader is told a
// false story.
import type { Trace, TraceEvent, TraceEventOf } from "#shared/trace.ts";
import { outcomeOf } from "../load/answers.ts";
import type { Balance, Evidence } from "./ledger.ts";

/** The evidence as the trace tells it or, in a sentence, why it can't be told. */
export function evidenceOf(
  trace: Trace,
  { warmUpDevices = new Set() }: Partial<Pick<Evidence, "warmUpDevices">> = {},
): Evidence | { whyNone: string } {
  const missing = missingIn(trace);
  if (missing !== undefined) {
    return { whyNone: missing };
  }
  const replayed = new Replayed();
  trace.events.forEach((event) => replayed.follow(event));
  return { ...replayed.evidence(trace.header.deadLetterQueue), warmUpDevices };
}

/** The absence of an event proves something only if no event is missing. */
function missingIn({ header, events }: Trace): string | undefined {
  const dropped = Object.entries(header.dropped).filter(([, count]) => count > 0);
  if (dropped.length > 0) {
    const counts = dropped.map(([part, count]) => `${count} of the part ${part}`).join(", ");
    return `No ledger from this trace: events were dropped for want of room (${counts}), and what is missing may be what matters.`;
  }
  const nextOf = new Map<string, number>();
  for (const { part, seq } of events.toSorted((one, other) => one.seq - other.seq)) {
    const expected = nextOf.get(part) ?? 0;
    if (seq !== expected) {
      return `No ledger from this trace: expected event ${expected} of the part ${part}, got ${seq}; what is between them is missing.`;
    }
    nextOf.set(part, seq + 1);
  }
  const silent = events.find((event) => event.kind === "written" && event.status === undefined);
  return silent?.kind === "written"
    ? `No ledger from this trace: what the ticket ${silent.eventId} says after a write is not known, since the write asked for an answer of its own.`
    : undefined;
}

interface Row {
  queue: string;
  eventId: string;
}

/** Where everything is after the events so far. */
class Replayed {
  readonly #asked: TraceEventOf<"asked">[] = [];
  readonly #answered = new Map<number, TraceEventOf<"answered">>();
  readonly #claims = new Map<string, string>();
  readonly #tickets = new Map<string, TraceEventOf<"written">>();
  readonly #rows = new Map<number, Row>();
  /** By invocation, as often as it was accepted and is not done. */
  readonly #asyncEvents = new Map<string, string[]>();
  /** By environment and invocation, since a copy of an asynchronous event has the same invocation. */
  readonly #running = new Map<string, TraceEventOf<"invoked">>();
  readonly #arrived = new Map<number, TraceEventOf<"callArrived">>();
  readonly #begun = new Set<number>();
  readonly #ended = new Map<number, TraceEventOf<"callEnded">>();

  readonly #on: Partial<{ [Kind in TraceEvent["kind"]]: (event: TraceEventOf<Kind>) => void }> = {
    asked: (event) => this.#asked.push(event),
    answered: (event) => this.#answered.set(event.request, event),
    claimed: ({ macAddress, eventId }) => this.#claims.set(macAddress, eventId),
    written: (event) => this.#tickets.set(event.eventId, event),
    sent: ({ row, queue, eventId }) => this.#rows.set(row, { queue, eventId }),
    copied: ({ row, copy, queue }) => this.#copy(row, copy, queue),
    setAside: ({ row, newRow, to }) => this.#move(row, newRow, to),
    redriven: ({ row, newRow, to }) => this.#move(row, newRow, to),
    deleted: ({ row }) => this.#rows.delete(row),
    purged: ({ row }) => this.#rows.delete(row),
    expired: ({ row }) => this.#rows.delete(row),
    invoked: (event) => this.#running.set(`${event.environment} ${event.invocation}`, event),
    returned: ({ environment, invocation, outcome }) => {
      this.#running.delete(`${environment} ${invocation}`);
      if (outcome === "answered") {
        this.#asyncEvents.get(invocation)?.pop();
      }
    },
    asyncAccepted: ({ invocation, eventId }) => {
      this.#asyncEvents.set(invocation, [...(this.#asyncEvents.get(invocation) ?? []), eventId]);
    },
    asyncDiscarded: ({ invocation }) => this.#asyncEvents.get(invocation)?.pop(),
    callArrived: (event) => this.#arrived.set(event.call, event),
    callBegan: ({ call }) => this.#begun.add(call),
    callEnded: (event) => this.#ended.set(event.call, event),
  };

  follow(event: TraceEvent): void {
    const follow = this.#on[event.kind] as ((event: TraceEvent) => void) | undefined;
    follow?.(event);
  }

  #move(from: number, to: number, queue: string): void {
    this.#copy(from, to, queue);
    this.#rows.delete(from);
  }

  #copy(from: number, to: number, queue: string): void {
    const eventId = this.#rows.get(from)?.eventId;
    if (eventId !== undefined) {
      this.#rows.set(to, { queue, eventId });
    }
  }

  evidence(deadLetterQueue: string | undefined): Omit<Evidence, "warmUpDevices"> {
    return {
      // By their place, whichever was sent first.
      requests: this.#asked
        .toSorted((one, other) => one.request - other.request)
        .map((asked) => {
          const { request, customerId, macAddress } = asked;
          const { status, eventId } = this.#answered.get(request) ?? {};
          const outcome = status === undefined ? ("unanswered" as const) : outcomeOf(status);
          return { customerId, macAddress, outcome, ...(eventId !== undefined && { eventId }) };
        }),
      claims: [...this.#claims].map(([macAddress, eventId]) => ({ macAddress, eventId })),
      tickets: [...this.#tickets.values()].map(({ eventId, status = "", activatedAtMs }) => ({
        eventId,
        status,
        activatedAtMs,
      })),
      messages: [
        ...[...this.#rows.values()].map(({ eventId, queue }) => ({
          eventId,
          deadLetter: queue === deadLetterQueue,
        })),
        ...[...this.#asyncEvents.values()].flat().map((eventId) => ({ eventId, deadLetter: false })),
      ],
      workedOn: [...this.#running.values()].flatMap(({ eventIds }) => eventIds),
      vendor: this.#vendor(),
    };
  }

  #vendor(): Evidence["vendor"] {
    const provisionings: Record<string, number> = {};
    const calls: { macAddress: string }[] = [];
    const open = new Set<string>();
    for (const [call, { macAddress }] of this.#arrived) {
      const ended = this.#ended.get(call);
      const hasBegun = this.#begun.has(call);
      // One in line is not a call yet, and one with another device's key never becomes one.
      if (hasBegun || (ended !== undefined && ended.status !== usedForAnother)) {
        calls.push({ macAddress });
      }
      if (hasBegun && ended === undefined) {
        open.add(macAddress);
      }
      if (ended?.provisioned === true) {
        provisionings[macAddress] = (provisionings[macAddress] ?? 0) + 1;
      }
    }
    return { calls, provisionings, open: [...open] };
  }
}

const usedForAnother = 422;

/** How two ledgers of one trial differ. Empty if they are equal. The second is the trace's. */
export function differences(ledger: Balance, ofTrace: Balance): string[] {
  const names = Object.keys(ledger.entries) as (keyof Balance["entries"])[];
  const sums = names
    .filter((name) => ledger.entries[name] !== ofTrace.entries[name])
    .map((name) => `${name} is ${ledger.entries[name]}, but the trace says ${ofTrace.entries[name]}`);
  const fates = ledger.fates.flatMap((found, customer) => {
    const told = ofTrace.fates[customer];
    const isEqual =
      told?.outcome === found.outcome &&
      told.fate === found.fate &&
      told.activatedAtMs === found.activatedAtMs &&
      told.provisionedCount === found.provisionedCount;
    return isEqual
      ? []
      : [`customer ${customer} is ${JSON.stringify(found)}, but the trace says ${JSON.stringify(told)}`];
  });
  return [...sums, ...fates];
}
