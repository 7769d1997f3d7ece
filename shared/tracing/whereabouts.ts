// Where an activation's work is at a moment of a trace, and what became of it. Pure and without Node's modules, since pages use it too.
import type { TraceEvent } from "#shared/trace.ts";
import { byKind } from "./by-kind.ts";
import type { ByKind } from "./by-kind.ts";

/** What became of an activation, in the words of the ledger; "unknown" in place of "lost" where events were dropped. */
export type TracedFate = "unknown" | "refused" | "activated" | "waiting" | "deadLettered" | "gaveUp" | "lost";

/** Everything that holds an activation's work, so that nothing is called lost that something still holds. Arrays, since a scene copies many. */
export interface Whereabouts {
  /** Rows of a queue, with whether it is the dead-letter queue. */
  rows: { row: number; isDead: boolean }[];
  /** Vendor calls that have not ended and whose caller still waits. */
  calls: { call: number; by: string }[];
  /** Invocations that have not returned. */
  invocations: { invocation: string; environment: number }[];
  /** Asynchronous invocations that Lambda has neither finished nor given up. A copy has the same id. */
  asyncEvents: string[];
  requests: number[];
  /** Which processes would forget it if they died now. */
  inHandOf: Process[];
  /** Some queue has had it, so the API's memory is not all there is. */
  wasQueued: boolean;
  /** The customer was promised something. */
  isAccepted: boolean;
  /** It was claimed before the trace tells of it: where its work is, if anywhere, can't be known. */
  isOlder: boolean;
  status?: string | undefined;
}

type Process = "api" | "worker";

/** Nothing has happened yet. */
export const nowhere = (): Whereabouts => ({
  rows: [],
  calls: [],
  invocations: [],
  asyncEvents: [],
  requests: [],
  inHandOf: [],
  wasQueued: false,
  isAccepted: false,
  isOlder: false,
});

/** Follows the work by one event about it. */
export function noteWhereabouts(at: Whereabouts, event: TraceEvent, deadLetterQueue?: string): void {
  byKind(whereItGoes, at, event);
  if (event.kind === "sent" && event.queue === deadLetterQueue) {
    putRow(at, event.row, true);
  }
}

const whereItGoes: ByKind<Whereabouts, unknown> = {
  asked: (at, { request }) => {
    add(at.requests, request);
    add(at.inHandOf, "api");
  },
  answered: (at, { request, status }) => {
    drop(at.requests, request);
    at.isAccepted ||= status !== undefined && status < 300;
    leaveApi(at);
  },
  written: (at, { status }) => {
    at.status = status ?? at.status;
    leaveApi(at);
  },

  sent: (at, { row }) => {
    at.wasQueued = true;
    putRow(at, row, false);
  },
  copied: (at, { copy }) => putRow(at, copy, false),
  setAside: (at, { row, newRow }) => {
    takeRow(at, row);
    putRow(at, newRow, true);
  },
  redriven: (at, { row, newRow }) => {
    takeRow(at, row);
    putRow(at, newRow, false);
  },
  delivered: (at, { by }) => by === "worker" && add(at.inHandOf, "worker"),
  deleted: dropRow,
  purged: dropRow,
  expired: dropRow,

  invoked: (at, { invocation, environment }) => at.invocations.push({ invocation, environment }),
  returned: (at, { invocation, environment, outcome }) => {
    at.invocations = at.invocations.filter(
      (each) => each.invocation !== invocation || each.environment !== environment,
    );
    if (outcome === "answered") {
      drop(at.asyncEvents, invocation);
    }
  },
  // Copies may be in two environments at the same time.
  environmentEnded: (at, { environment }) => {
    const ended = at.invocations.filter((each) => each.environment === environment);
    at.invocations = at.invocations.filter((each) => each.environment !== environment);
    ended.forEach(({ invocation }) => leaveCalls(at, invocation));
  },
  asyncAccepted: (at, { invocation }) => {
    at.wasQueued = true;
    at.asyncEvents.push(invocation);
  },
  asyncDiscarded: (at, { invocation, newRow }) => {
    drop(at.asyncEvents, invocation);
    if (newRow !== undefined) {
      putRow(at, newRow, true);
    }
  },

  callArrived: (at, { call, by }) => at.calls.push({ call, by }),
  callEnded: endCall,
  callerLeft: endCall,

  killed: (at, { target }) => {
    if (target !== "function") {
      drop(at.inHandOf, target);
      leaveCalls(at, target);
    }
  },
};

/** Whether only the API's memory has it: chapter 02 goes on after the answer. */
export const isInMemory = (at: Whereabouts): boolean => at.inHandOf.includes("api") && isKeptInMemory(at);

const isKeptInMemory = ({ isAccepted, isOlder, wasQueued, status }: Whereabouts): boolean =>
  isAccepted && !isOlder && !wasQueued && status !== "active" && status !== "failed";

/** The API has it while a request is open, and in chapter 02 until the ticket says how it ended. */
function leaveApi(at: Whereabouts): void {
  if (at.requests.length === 0 && !isKeptInMemory(at)) {
    drop(at.inHandOf, "api");
  }
}

/** With the next message a worker has forgotten the previous one, whether or not it has deleted it. */
export const leaveWorker = (at: Whereabouts): void => drop(at.inHandOf, "worker");

/** Its caller is gone, so the results of its calls reach no one. */
function leaveCalls(at: Whereabouts, caller: string): void {
  at.calls = at.calls.filter(({ by }) => by !== caller);
}

function endCall(at: Whereabouts, { call }: { call: number }): void {
  at.calls = at.calls.filter((each) => each.call !== call);
}

function dropRow(at: Whereabouts, { row }: { row: number }): void {
  takeRow(at, row);
  leaveWorker(at);
}

function takeRow(at: Whereabouts, row: number): void {
  at.rows = at.rows.filter((each) => each.row !== row);
}

function putRow(at: Whereabouts, row: number, isDead: boolean): void {
  takeRow(at, row);
  at.rows.push({ row, isDead });
}

function add<Item>(list: Item[], item: Item): void {
  if (!list.includes(item)) {
    list.push(item);
  }
}

function drop<Item>(list: Item[], item: Item): void {
  const place = list.indexOf(item);
  if (place >= 0) {
    list.splice(place, 1);
  }
}

/** Whether anything still holds it: a queue, a call, an invocation, a request, or a process's memory. */
export const isHeld = ({ rows, calls, invocations, asyncEvents, requests, inHandOf }: Whereabouts): boolean =>
  [rows, calls, invocations, asyncEvents, requests, inHandOf].some(({ length }) => length > 0);

/** What became of it, if nothing happens any more. */
export function fateOf(at: Whereabouts, hasDropped: boolean): TracedFate {
  const { status, rows, calls, invocations, asyncEvents, inHandOf, isAccepted } = at;
  if (status === "active") {
    return "activated";
  }
  const isQueued = rows.some(({ isDead }) => !isDead) || asyncEvents.length > 0;
  const isWorkedOn = calls.length > 0 || invocations.length > 0 || (isAccepted && inHandOf.includes("api"));
  if (isQueued || isWorkedOn) {
    return "waiting";
  }
  if (rows.length > 0) {
    return "deadLettered";
  }
  const nowhereElse = hasDropped || at.isOlder ? "unknown" : "lost";
  return status === "failed" ? "gaveUp" : isAccepted ? nowhereElse : "refused";
}
