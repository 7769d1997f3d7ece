// What a trace says about each activation. Pure and without Node's modules, since pages use it too.
import type { Trace, TraceEvent, TraceEventOf, TraceHeader } from "#shared/trace.ts";
import { byKind } from "./by-kind.ts";
import type { ByKind } from "./by-kind.ts";
import { fateOf, isHeld, leaveWorker, noteWhereabouts, nowhere } from "./whereabouts.ts";
import type { TracedFate, Whereabouts } from "./whereabouts.ts";

/** One activation, with every event about it in the order of time. */
export interface TracedActivation {
  /** Empty if the inventory has given it none: the customer was refused. */
  eventId: string;
  macAddress: string;
  /** Empty if the trace begins after the request. */
  customerId: string;
  events: TraceEvent[];
  fate: TracedFate;
  /** Whether something may still happen to it, for something holds it. */
  isHeld: boolean;
  /** By the calendar's clock. */
  askedAtMs?: number | undefined;
  activatedAtMs?: number | undefined;
  /** How often the vendor provisioned the device. */
  provisionedCount: number;
}

/** What a trace that goes on no longer holds, of customers for whom all is over: see going-trace.ts. */
export interface Forgotten {
  /** How many have a device that works, and nothing else is to be told of them. */
  customers: number;
  /** Who of these waited longest. */
  slowest?: TracedActivation;
  /** How many others there were. */
  others: number;
  /** How many of their calls an outage turned away, by the time at which it began. */
  turnedAway: Map<number, number>;
}

/** A trace prepared for its readers. */
export interface ReadTrace {
  trace: Trace;
  forgotten?: Forgotten;
  /** In the order of the trace. */
  activations: TracedActivation[];
  /** By its eventId or the device's address. */
  find: (name: string) => TracedActivation | undefined;
  /** The activations that an event concerns: several for an invocation, and none for an event of the whole chapter. */
  about: (event: TraceEvent) => readonly TracedActivation[];
  invocation: (id: string) => TraceEventOf<"invoked"> | undefined;
  /** Numbers environments from 1, in the order of the trace. */
  environmentNumber: (pid: number) => number;
}

/** Sorts a trace's events by activation. */
export function readTrace(trace: Trace): ReadTrace {
  const reading = new Reading(trace.header.deadLetterQueue);
  const about = new Map<TraceEvent, readonly Known[]>();
  for (const event of trace.events) {
    const whom = [...new Set(byKind(whomIsItAbout, reading, event))];
    about.set(event, whom);
    whom.forEach((activation) => note(activation, event, trace.header.deadLetterQueue));
  }
  const activations = [...new Set([...reading.byDevice.values(), ...reading.byEvent.values()])];
  const hasDropped = missingIn(trace.header) > 0;
  for (const activation of activations) {
    activation.fate = fateOf(activation.at, hasDropped);
    activation.isHeld = isHeld(activation.at);
  }
  return {
    trace,
    activations,
    find: (name) => reading.byEvent.get(name) ?? reading.byDevice.get(name),
    about: (event) => about.get(event) ?? [],
    invocation: (id) => reading.invocations.get(id)?.invoked,
    environmentNumber: (pid) => reading.environmentNumber(pid),
  };
}

/** How many events are missing of those who asked. If any are, the absence of an event means nothing. */
export const missingIn = ({ dropped, knownFromMs }: TraceHeader): number =>
  knownFromMs === undefined ? Object.values(dropped).reduce((sum, count) => sum + count, 0) : 0;

type Known = TracedActivation & { at: Whereabouts };

function note(activation: Known, event: TraceEvent, deadLetterQueue: string | undefined): void {
  activation.events.push(event);
  noteWhereabouts(activation.at, event, deadLetterQueue);
  if (event.kind === "asked") {
    activation.askedAtMs ??= event.atMs;
  } else if (event.kind === "written" && event.status === "active") {
    activation.activatedAtMs ??= event.activatedAtMs ?? event.atMs;
  } else if (event.kind === "callEnded" && event.provisioned) {
    activation.provisionedCount += 1;
  }
}

/** Rows, requests, calls and invocations name their activation once, and later events refer to them only. */
class Reading {
  readonly byDevice = new Map<string, Known>();
  readonly byEvent = new Map<string, Known>();
  readonly byRequest = new Map<number, Known>();
  readonly byRow = new Map<number, Known>();
  readonly byCall = new Map<number, Known>();
  readonly invocations = new Map<string, { invoked?: TraceEventOf<"invoked">; of: Known[] }>();
  readonly runningIn = new Map<number, string>();
  readonly #environments: number[] = [];
  readonly #deadLetterQueue: string | undefined;
  withWorker: Known | undefined;

  constructor(deadLetterQueue: string | undefined) {
    this.#deadLetterQueue = deadLetterQueue;
  }

  environmentNumber(pid: number): number {
    if (!this.#environments.includes(pid)) {
      this.#environments.push(pid);
    }
    return this.#environments.indexOf(pid) + 1;
  }

  device(macAddress: string): Known {
    const known = this.byDevice.get(macAddress) ?? unknown({ macAddress });
    this.byDevice.set(macAddress, known);
    return known;
  }

  event(eventId: string): Known {
    const known = this.byEvent.get(eventId) ?? unknown({ eventId });
    this.byEvent.set(eventId, known);
    return known;
  }

  activation({ eventId, macAddress }: { eventId: string; macAddress: string }): Known {
    return this.identify(this.device(macAddress), eventId);
  }

  identify(known: Known, eventId: string): Known {
    const other = this.byEvent.get(eventId);
    if (other !== undefined && other !== known) {
      // An event mentioned its ticket before its device.
      const events = [...known.events, ...other.events].toSorted((one, two) => one.atMs - two.atMs);
      known.events.length = 0;
      known.at = nowhere();
      known.provisionedCount = 0;
      events.forEach((event) => note(known, event, this.#deadLetterQueue));
    }
    known.eventId = eventId;
    this.byEvent.set(eventId, known);
    return known;
  }

  ofRow = ({ row }: { row: number }): Known[] => some(this.byRow.get(row));
  ofCall = ({ call }: { call: number }): Known[] => some(this.byCall.get(call));
  ofInvocation = ({ invocation }: { invocation: string }): Known[] =>
    this.invocations.get(invocation)?.of ?? [];
  ofTicket = ({ eventId }: { eventId: string }): Known[] => [this.event(eventId)];

  /** The row turns into another one, or gets a copy. */
  passOn(row: number, to: number): Known[] {
    const known = this.byRow.get(row);
    if (known !== undefined) {
      this.byRow.set(to, known);
    }
    return some(known);
  }
}

const some = <Item>(item: Item | undefined): Item[] => (item === undefined ? [] : [item]);

const unknown = (name: { macAddress?: string; eventId?: string }): Known => ({
  eventId: "",
  macAddress: "",
  ...name,
  customerId: "",
  events: [],
  fate: "refused",
  isHeld: false,
  provisionedCount: 0,
  at: nowhere(),
});

const whomIsItAbout: ByKind<Reading, Known[]> = {
  asked: (reading, { request, macAddress, customerId }) => {
    const known = reading.device(macAddress);
    known.customerId ||= customerId;
    reading.byRequest.set(request, known);
    return [known];
  },
  answered: (reading, { request, eventId }) => {
    const known = reading.byRequest.get(request);
    if (known !== undefined && eventId !== undefined) {
      reading.identify(known, eventId);
    }
    return some(known);
  },
  claimed: (reading, event) => {
    const isKnown = reading.device(event.macAddress).eventId !== "";
    const known = reading.activation(event);
    known.at.isOlder ||= !isKnown && !event.isFirst;
    return [known];
  },
  sent: (reading, event) => {
    const known = reading.activation(event);
    reading.byRow.set(event.row, known);
    return [known];
  },
  delivered: (reading, event) => {
    const of = reading.ofRow(event);
    if (event.by === "worker") {
      if (reading.withWorker !== undefined) {
        leaveWorker(reading.withWorker.at);
      }
      [reading.withWorker] = of;
    }
    return of;
  },
  deduplicated: (reading, event) => reading.ofRow(event),
  copied: (reading, { row, copy }) => reading.passOn(row, copy),
  setAside: (reading, { row, newRow }) => reading.passOn(row, newRow),
  redriven: (reading, { row, newRow }) => reading.passOn(row, newRow),
  hidden: (reading, event) => reading.ofRow(event),
  deleted: (reading, event) => reading.ofRow(event),
  notDeleted: (reading, event) => reading.ofRow(event),
  purged: (reading, event) => reading.ofRow(event),
  expired: (reading, event) => reading.ofRow(event),

  environmentStarted: (reading, { environment }) => {
    reading.environmentNumber(environment);
    return [];
  },
  environmentEnded: (reading, { environment }) => {
    const invocation = reading.runningIn.get(environment) ?? "";
    reading.runningIn.delete(environment);
    return reading.ofInvocation({ invocation });
  },
  invoked: (reading, event) => {
    const of = [
      ...event.rows.flatMap((row) => some(reading.byRow.get(row))),
      ...event.eventIds.flatMap((eventId) => some(reading.byEvent.get(eventId))),
    ];
    reading.invocations.set(event.invocation, { invoked: event, of: [...new Set(of)] });
    reading.environmentNumber(event.environment);
    reading.runningIn.set(event.environment, event.invocation);
    return of;
  },
  returned: (reading, event) => {
    reading.runningIn.delete(event.environment);
    return reading.ofInvocation(event);
  },
  asyncAccepted: (reading, event) => {
    const known = reading.activation(event);
    const { invocation } = event;
    reading.invocations.set(invocation, { ...reading.invocations.get(invocation), of: [known] });
    return [known];
  },
  asyncRetried: (reading, event) => reading.ofInvocation(event),
  asyncDiscarded: (reading, event) => reading.ofInvocation(event),

  written: (reading, event) => reading.ofTicket(event),
  refused: (reading, event) => reading.ofTicket(event),
  read: (reading, event) => reading.ofTicket(event),

  callArrived: (reading, { call, macAddress }) => {
    const known = reading.device(macAddress);
    reading.byCall.set(call, known);
    return [known];
  },
  callBegan: (reading, event) => reading.ofCall(event),
  callEnded: (reading, event) => reading.ofCall(event),
  callerLeft: (reading, event) => reading.ofCall(event),

  // For a function, the event of its environment's end says what it was working on.
  killed: (reading, { target }) =>
    target === "function"
      ? []
      : [...reading.byDevice.values()].filter(({ at }) => at.inHandOf.includes(target)),
};
