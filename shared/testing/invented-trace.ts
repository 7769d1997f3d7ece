import { deviceAt } from "#shared/devices.ts";
import { traceVersion } from "#shared/trace.ts";
import type { Trace, TraceEvent, TraceHeader, TracePart } from "#shared/trace.ts";

type Bare<Event> = Event extends TraceEvent ? Omit<Event, "atMs" | "part" | "seq"> : never;

/** An event as a test writes it. `ms` and all moments in it count from the trace's start. */
export type InventedEvent = { ms: number } & Bare<TraceEvent>;

const startedAtMs = 1_764_000_000_000;
const momentNames = ["visibleAtMs", "hiddenUntilMs", "againAtMs", "activatedAtMs", "leaseEndsAtMs"] as const;

/** A trace of these events, in order. Each is recorded by the part that records its kind. */
export function inventedTrace(events: readonly InventedEvent[], header: Partial<TraceHeader> = {}): Trace {
  const counts: Partial<Record<TracePart, number>> = {};
  return {
    header: {
      traceVersion,
      chapter: "07-lock",
      row: "07",
      plan: "the short day",
      startedAtMs,
      deadLetterQueue: "dead",
      vendorCapacity: 20,
      dropped: {},
      ...header,
    },
    events: events
      .toSorted((a, b) => a.ms - b.ms)
      .map(({ ms, ...event }) => {
        const part = partOf(event.kind);
        const seq = counts[part] ?? 0;
        counts[part] = seq + 1;
        const moments = momentNames.flatMap((name) => {
          const moment = (event as Record<string, unknown>)[name];
          return typeof moment === "number" ? [[name, startedAtMs + moment]] : [];
        });
        return {
          ...event,
          ...Object.fromEntries(moments),
          atMs: startedAtMs + ms,
          part,
          seq,
        } as TraceEvent;
      }),
  };
}

function partOf(kind: TraceEvent["kind"]): TracePart {
  if (kind === "asked" || kind === "answered") {
    return "customers";
  }
  if (kind.startsWith("call") || kind === "weather") {
    return "vendor";
  }
  return kind === "killed" || kind === "consumers" || kind === "duplicates" ? "launcher" : "aws";
}

/**
 * Events of one activation, with their common fields filled in: `activationOf(12).sent(3)`. Customer `c-12` has `e-12`, row 12 and
 * request 12.
 */
export function activationOf(nth: number) {
  const { customerId, macAddress } = deviceAt(nth - 1);
  const eventId = `e-${nth}`;
  const row = { queue: "work", row: nth };
  return {
    customerId,
    eventId,
    macAddress,
    asked: (ms: number): InventedEvent => ({ ms, kind: "asked", request: nth, customerId, macAddress }),
    answered: (ms: number, status?: number): InventedEvent => ({
      ms,
      kind: "answered",
      request: nth,
      ...(status !== undefined && { status, ...(status < 300 && { eventId }) }),
    }),
    claimed: (ms: number, isFirst = true): InventedEvent => ({
      ms,
      kind: "claimed",
      eventId,
      macAddress,
      isFirst,
      by: "api",
    }),
    sent: (ms: number): InventedEvent => ({
      ms,
      kind: "sent",
      ...row,
      eventId,
      macAddress,
      messageId: `m-${nth}`,
      visibleAtMs: ms,
      by: "api",
    }),
    /** Delivered to an invocation in an environment, or to the worker if there is none. */
    delivered: (
      ms: number,
      { receiveCount = 1, hiddenUntilMs = ms + 6_000, copy = nth, to = "" } = {},
    ): InventedEvent => ({
      ms,
      kind: "delivered",
      ...row,
      row: copy,
      receiveCount,
      hiddenUntilMs,
      by: to,
    }),
    invoked: (ms: number, environment: number, invocation: string, copy = nth): InventedEvent => ({
      ms,
      kind: "invoked",
      environment,
      invocation,
      rows: [copy],
      eventIds: [],
    }),
    returned: (
      ms: number,
      environment: number,
      invocation: string,
      { outcome = "answered" as "answered" | "failed" | "timedOut", failedRows = [] as number[] } = {},
    ): InventedEvent => ({ ms, kind: "returned", environment, invocation, outcome, failedRows }),
    written: (
      ms: number,
      by: string,
      status: string,
      lease?: { leaseOwner: string; leaseEndsAtMs: number },
    ): InventedEvent => ({
      ms,
      kind: "written",
      eventId,
      status,
      by,
      ...lease,
      ...(status === "active" && { activatedAtMs: ms }),
    }),
    read: (ms: number, by: string, status?: string): InventedEvent => ({
      ms,
      kind: "read",
      eventId,
      by,
      ...(status !== undefined && { status }),
    }),
    refused: (ms: number, by: string): InventedEvent => ({ ms, kind: "refused", eventId, by }),
    /** A call that begins when it arrives, and ends after `takesMs`. */
    called: (ms: number, by: string, call: number, takesMs: number, status = 201): InventedEvent[] => [
      { ms, kind: "callArrived", call, macAddress, by },
      { ms, kind: "callBegan", call },
      { ms: ms + takesMs, kind: "callEnded", call, status, provisioned: status === 201 },
    ],
    hidden: (ms: number, by: string, hiddenUntilMs: number, copy = nth): InventedEvent => ({
      ms,
      kind: "hidden",
      ...row,
      row: copy,
      hiddenUntilMs,
      by,
    }),
    deduplicated: (ms: number, by = ""): InventedEvent => ({ ms, kind: "deduplicated", ...row, by }),
    copied: (ms: number, copy: number, visibleAtMs = ms): InventedEvent => ({
      ms,
      kind: "copied",
      ...row,
      copy,
      visibleAtMs,
    }),
    deleted: (ms: number, by = "", copy = nth): InventedEvent => ({
      ms,
      kind: "deleted",
      ...row,
      row: copy,
      by,
    }),
    setAside: (ms: number, newRow: number, receiveCount = 5): InventedEvent => ({
      ms,
      kind: "setAside",
      ...row,
      to: "dead",
      newRow,
      receiveCount,
    }),
    redriven: (ms: number, from: number, newRow: number): InventedEvent => ({
      ms,
      kind: "redriven",
      queue: "dead",
      row: from,
      to: "work",
      newRow,
    }),
  };
}
