// Where an activation's work is at a moment of a trace. Pure, and free of Node's modules: pages use it, too.
import type { TraceEvent } from "#shared/trace.ts";
import { byKind } from "./by-kind.ts";
import type { ByKind } from "./by-kind.ts";

/** What became of an activation, in the words of the ledger; "unknown" in place of "lost" where events were dropped. */
export type TracedFate = "unknown" | "refused" | "activated" | "waiting" | "deadLettered" | "gaveUp" | "lost";

/** Everything that holds an activation's work, so that nothing is called lost that something still holds. */
export interface Whereabouts {
  /** Rows of a queue, with whether it is the dead-letter queue. */
  rows: Map<number, { isDead: boolean }>;
  /** Calls at the vendor that have not ended. */
  calls: Set<number>;
  /** Invocations that have not returned. */
  invocations: Set<string>;
  /** Asynchronous invocations that Lambda has neither done nor given up. */
  asyncEvents: Set<string>;
  requests: Set<number>;
  /** Which processes would forget it if they died now. */
  inHandOf: Set<"api" | "worker">;
  /** Some queue has had it, so the API's memory is not all there is. */
  wasQueued: boolean;
  /** The customer was promised something. */
  isAccepted: boolean;
  status?: string | undefined;
}

/** Nothing has happened yet. */
export const nowhere = (): Whereabouts => ({
  rows: new Map(),
  calls: new Set(),
  invocations: new Set(),
  asyncEvents: new Set(),
  requests: new Set(),
  inHandOf: new Set(),
  wasQueued: false,
  isAccepted: false,
});

/** Follows the work by one event. */
export function noteWhereabouts(at: Whereabouts, event: TraceEvent, deadLetterQueue?: string): void {
  byKind(whereItGoes, at, event);
  if (event.kind === "sent" && event.queue === deadLetterQueue) {
    at.rows.set(event.row, { isDead: true });
  }
}

const whereItGoes: ByKind<Whereabouts, unknown> = {
  asked: (at, { request }) => {
    at.requests.add(request);
    at.inHandOf.add("api");
  },
  answered: (at, { request, status }) => {
    at.requests.delete(request);
    at.isAccepted ||= status !== undefined && status < 300;
    leaveApi(at);
  },
  written: (at, { status }) => {
    at.status = status ?? at.status;
    leaveApi(at);
  },

  sent: (at, { row }) => {
    at.wasQueued = true;
    at.rows.set(row, { isDead: false });
  },
  copied: (at, { copy }) => at.rows.set(copy, { isDead: false }),
  setAside: (at, { row, newRow }) => {
    at.rows.delete(row);
    at.rows.set(newRow, { isDead: true });
  },
  redriven: (at, { row, newRow }) => {
    at.rows.delete(row);
    at.rows.set(newRow, { isDead: false });
  },
  delivered: (at, { by }) => by === "worker" && at.inHandOf.add("worker"),
  deleted: dropRow,
  purged: dropRow,
  expired: dropRow,

  invoked: (at, { invocation }) => at.invocations.add(invocation),
  returned: (at, { invocation, outcome }) => {
    at.invocations.delete(invocation);
    if (outcome === "answered") {
      at.asyncEvents.delete(invocation);
    }
  },
  // One environment works on one invocation, and that is why this event is about this activation.
  environmentEnded: (at) => at.invocations.clear(),
  asyncAccepted: (at, { invocation }) => {
    at.wasQueued = true;
    at.asyncEvents.add(invocation);
  },
  asyncDiscarded: (at, { invocation }) => at.asyncEvents.delete(invocation),

  callArrived: (at, { call }) => at.calls.add(call),
  callEnded: (at, { call }) => at.calls.delete(call),

  killed: (at, { target }) => target !== "function" && at.inHandOf.delete(target),
};

/** The API has it while a request is open, and in chapter 02 until the ticket says how it ended. */
function leaveApi(at: Whereabouts): void {
  const isInMemory = at.isAccepted && !at.wasQueued && at.status !== "active" && at.status !== "failed";
  if (at.requests.size === 0 && !isInMemory) {
    at.inHandOf.delete("api");
  }
}

function dropRow(at: Whereabouts, { row }: { row: number }): void {
  at.rows.delete(row);
  at.inHandOf.delete("worker");
}

/** What became of it, if nothing happens any more. */
export function fateOf(at: Whereabouts, hasDropped: boolean): TracedFate {
  const { status, rows, calls, invocations, asyncEvents, inHandOf, isAccepted } = at;
  if (status === "active") {
    return "activated";
  }
  const places = [...rows.values()];
  const isQueued = places.some(({ isDead }) => !isDead) || asyncEvents.size > 0;
  if (isQueued || calls.size > 0 || invocations.size > 0 || (isAccepted && inHandOf.has("api"))) {
    return "waiting";
  }
  if (places.length > 0) {
    return "deadLettered";
  }
  const nowhereElse = hasDropped ? "unknown" : "lost";
  return status === "failed" ? "gaveUp" : isAccepted ? nowhereElse : "refused";
}
