// What can be seen of a chapter at one moment of its trace. It knows what the trace says and nothing else: what is drawn is
// drawn from here. Times count from the beginning of the trace, in milliseconds.
import type { TraceHeader } from "#shared/trace.ts";

/** What has become of an activation so far; the words of the ledger. */
export type Fate = "asking" | "error" | "onTheWay" | "works" | "lost" | "gaveUp" | "setAside";

/** One customer's device, from the request to whatever became of it. */
export interface Activation {
  macAddress: string;
  /** "c-31"; the device's address where nobody was seen to ask for it. */
  customer: string;
  eventId?: string;
  /** Its place among all that were asked for, from 0, and when that was; absent for what remains of a time before the trace. */
  asked?: { place: number; atMs: number };
  /** Of the first answer that gave a ticket. */
  acceptedAtMs?: number;
  /** What its row in the table says: `accepted`, `provisioning`, `active`, `failed`. */
  ticket?: string;
  lease?: { fromMs: number; endsAtMs: number };
  worksAtMs?: number;
  /** How often the vendor provisioned the device. */
  provisioned: number;
  /** Accepted, and in no queue: only the API's process knows of it. */
  inMemory: boolean;
  /** Its rows in queues. */
  rows: number[];
  /** How many invocations have it in hand. */
  hands: number;
  fate: Fate;
  fateAtMs: number;
}

/** A message as it lies in a queue; a copy of it is a row of its own. */
export interface Row {
  row: number;
  macAddress: string;
  isSetAside: boolean;
  isCopy: boolean;
  receiveCount: number;
  /** Until then no consumer sees it. */
  hiddenUntilMs: number;
  /** Since when it is hidden: the ring begins here. */
  hiddenFromMs: number;
  /** Who has received it and works on it: an environment, or the worker. */
  holder?: number | "worker";
}

/** A customer who waits for an answer. */
interface OpenRequest {
  request: number;
  macAddress: string;
  askedAtMs: number;
}

/** An execution environment of the function. */
export interface Environment {
  environment: number;
  isReady: boolean;
  invocation?: string;
  /** The devices that it has in hand. */
  macAddresses: string[];
  ended?: { why: string; atMs: number };
}

/** A call at the vendor. */
interface Call {
  call: number;
  macAddress: string;
  by: string;
  /** Which of the vendor's places it has; undefined while it waits in line. */
  slot?: number;
  isCallerGone: boolean;
}

/** One answered request or one device that works: the point of a clock. */
export interface ClockPoint {
  atMs: number;
  tookMs: number;
}

/** A moment that deserves a mark for a while: a kill, a call that failed, a device provisioned once more, a loss. */
export interface Mark {
  kind: "killed" | "callFailed" | "twice" | "lost" | "redriven";
  atMs: number;
  macAddress?: string;
  target?: "api" | "worker" | "function";
  slot?: number;
}

export interface Scene {
  /** When the newest event that it knows was noted. */
  atMs: number;
  activations: Map<string, Activation>;
  /** eventId -> device. */
  devices: Map<string, string>;
  requests: Map<number, OpenRequest>;
  rows: Map<number, Row>;
  environments: Map<number, Environment>;
  calls: Map<number, Call>;
  /** Which rows an asynchronous invocation has: Lambda's own queue has none, so they are numbered below zero. */
  asyncRows: Map<string, number[]>;
  asyncAccepted: number;
  /** invocation -> what it had in hand when it began. */
  invocations: Map<string, { environment: number; macAddresses: string[]; rows: number[] }>;
  vendor: { outage: boolean; capacity: number; calls: number };
  poison: string[];
  everyNthTwice: number;
  consumersOn: boolean;
  /** The newest last, as long as a clock is drawn. */
  answered: ClockPoint[];
  works: ClockPoint[];
  marks: Mark[];
  /** How many were asked for, ever: activations that are over may be forgotten in a long trace. */
  places: number;
  /** Counts of what was forgotten. */
  forgotten: Counts;
  startedAtMs: number;
}

/** The ledger so far. `accepted` = works + onTheWay + lost + gaveUp + setAside. */
export interface Counts {
  accepted: number;
  works: number;
  onTheWay: number;
  twice: number;
  lost: number;
  gaveUp: number;
  setAside: number;
  /** Customers who got an error, or no answer at all. */
  error: number;
}

export const noCounts = (): Counts => ({
  accepted: 0,
  works: 0,
  onTheWay: 0,
  twice: 0,
  lost: 0,
  gaveUp: 0,
  setAside: 0,
  error: 0,
});

const usualCapacity = 20;

/** The scene before the first event. */
export function emptyScene({ startedAtMs, vendorCapacity }: TraceHeader): Scene {
  return {
    atMs: 0,
    activations: new Map(),
    devices: new Map(),
    requests: new Map(),
    rows: new Map(),
    environments: new Map(),
    calls: new Map(),
    asyncRows: new Map(),
    asyncAccepted: 0,
    invocations: new Map(),
    vendor: { outage: false, capacity: vendorCapacity ?? usualCapacity, calls: 0 },
    poison: [],
    everyNthTwice: 0,
    consumersOn: true,
    answered: [],
    works: [],
    marks: [],
    places: 0,
    forgotten: noCounts(),
    startedAtMs,
  };
}

/** Whether the ledger counts it as accepted: the customer holds a ticket. */
export const isAccepted = ({ acceptedAtMs }: Activation): boolean => acceptedAtMs !== undefined;

/** The ledger's counts at this moment. */
export function countsOf({ activations, forgotten }: Scene): Counts {
  const counts = { ...forgotten };
  for (const activation of activations.values()) {
    count(counts, activation);
  }
  return counts;
}

/** Adds an activation to the counts, if a customer of this trace asked for it. */
export function count(counts: Counts, activation: Activation): void {
  const { fate, provisioned, asked } = activation;
  if (asked === undefined) {
    return;
  }
  counts.twice += provisioned > 1 ? 1 : 0;
  if (fate === "error") {
    counts.error += 1;
  } else if (isAccepted(activation) && fate !== "asking") {
    counts.accepted += 1;
    counts[fate] += 1;
  }
}

/** Whether a consumer may receive it at this moment. */
const isVisible = ({ hiddenUntilMs }: Row, atMs: number): boolean => hiddenUntilMs <= atMs;

/** Whether somebody works on it. The worker's hold ends with the visibility timeout; an environment's with its invocation. */
const isHeld = (row: Row, atMs: number): boolean =>
  row.holder !== undefined && (row.holder !== "worker" || !isVisible(row, atMs));

/** Where the rows are: waiting to be received, hidden though nobody works on them, in somebody's hands, set aside. */
export function rowsBy(
  { rows }: Scene,
  atMs: number,
): Record<"waiting" | "hidden" | "held" | "setAside", Row[]> {
  const by = {
    waiting: [] as Row[],
    hidden: [] as Row[],
    held: [] as Row[],
    setAside: [] as Row[],
  };
  for (const row of rows.values()) {
    const where = row.isSetAside
      ? "setAside"
      : isHeld(row, atMs)
        ? "held"
        : isVisible(row, atMs)
          ? "waiting"
          : "hidden";
    by[where].push(row);
  }
  return by;
}
