// What can be seen of a chapter at one moment of its trace. The scene knows only what the trace says, and pictures are drawn only
// from the scene. Times are in milliseconds from the beginning of the trace.
import type { TraceHeader } from "#shared/trace.ts";
import type { Whereabouts } from "#shared/tracing/whereabouts.ts";

/** What has become of an activation so far, in the words of the ledger. */
export type Fate = "asking" | "error" | "onTheWay" | "works" | "lost" | "gaveUp" | "setAside";

/** One customer's device, from the request to its end. */
export interface Activation {
  macAddress: string;
  /** "c-31". The device's address if the trace has no request for it. */
  customer: string;
  eventId?: string;
  /** Its number among all requests, from 0, and its time. Absent for what remains from before the trace. */
  asked?: { place: number; atMs: number };
  /** What holds its work. Its `status` is the ticket's: `accepted`, `provisioning`, `active`, `failed`. */
  at: Whereabouts;
  lease?: { fromMs: number; endsAtMs: number };
  worksAtMs?: number;
  /** How often the vendor provisioned the device. */
  provisioned: number;
  fate: Fate;
  fateAtMs: number;
}

/** A message in a queue. A copy is a separate row. */
export interface Row {
  row: number;
  macAddress: string;
  isSetAside: boolean;
  isCopy: boolean;
  receiveCount: number;
  /** No consumer sees it until then. */
  hiddenUntilMs: number;
  /** When it was hidden: the ring starts here. */
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
  /** The devices that it is working on. */
  macAddresses: string[];
  ended?: { why: string; atMs: number };
}

/** A vendor call. */
interface Call {
  call: number;
  macAddress: string;
  by: string;
  /** Its place at the vendor. Undefined while it waits in line. */
  slot?: number;
  isCallerGone: boolean;
}

/** One answered request, or one device that works: a point on a clock. */
export interface ClockPoint {
  atMs: number;
  tookMs: number;
}

/** A moment that is marked for a while: a kill, a failed call, a second provisioning, a loss. */
export interface Mark {
  kind: "killed" | "callFailed" | "twice" | "lost" | "redriven";
  atMs: number;
  macAddress?: string;
  target?: "api" | "worker" | "function";
  slot?: number;
}

export interface Scene {
  /** The time of the newest event. */
  atMs: number;
  activations: Map<string, Activation>;
  /** eventId -> device. */
  devices: Map<string, string>;
  requests: Map<number, OpenRequest>;
  rows: Map<number, Row>;
  environments: Map<number, Environment>;
  calls: Map<number, Call>;
  deadLetterQueue: string | undefined;
  /** The rows of an asynchronous invocation. Lambda's internal queue has no row numbers, so they get negative ones. */
  asyncRows: Map<string, number[]>;
  asyncAccepted: number;
  /** invocation -> what it began to work on. */
  invocations: Map<string, { environment: number; macAddresses: string[]; rows: number[] }>;
  vendor: { outage: boolean; capacity: number; calls: number };
  poison: string[];
  everyNthTwice: number;
  consumersOn: boolean;
  /** The newest last, for as long as a clock shows. */
  answered: ClockPoint[];
  works: ClockPoint[];
  marks: Mark[];
  /** The number of all requests so far: a long trace may forget activations that are over. */
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
  /** Customers who got an error or no answer. */
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
export function emptyScene({ startedAtMs, vendorCapacity, deadLetterQueue }: TraceHeader): Scene {
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
    deadLetterQueue,
  };
}

/** The ledger's counts at this moment. */
export function countsOf({ activations, forgotten }: Scene): Counts {
  const counts = { ...forgotten };
  for (const activation of activations.values()) {
    count(counts, activation);
  }
  return counts;
}

/** Adds an activation to the counts, if the trace has its request. */
export function count(counts: Counts, activation: Activation): void {
  const { fate, provisioned, asked, at } = activation;
  if (asked === undefined) {
    return;
  }
  counts.twice += provisioned > 1 ? 1 : 0;
  if (fate === "error") {
    counts.error += 1;
  } else if (at.isAccepted && fate !== "asking") {
    counts.accepted += 1;
    counts[fate] += 1;
  }
}

/** Whether a consumer may receive it at this moment. */
const isVisible = ({ hiddenUntilMs }: Row, atMs: number): boolean => hiddenUntilMs <= atMs;

/** Whether someone works on it. The worker's hold ends with the visibility timeout, an environment's with its invocation. */
const isHeld = (row: Row, atMs: number): boolean =>
  row.holder !== undefined && (row.holder !== "worker" || !isVisible(row, atMs));

/** Sorts the rows: waiting to be received, hidden although no one works on them, in work, set aside. */
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
