import type { Trace, TraceEvent } from "#shared/trace.ts";
import { inOrder } from "#shared/tracing/chapter-trace.ts";
import { toTenths } from "#shared/tracing/recorder.ts";
import type { ReachableChapter } from "#shared/run/running-chapter.ts";
import type { OpenLoopResult } from "../load/sender.ts";
import { balance } from "./ledger.ts";
import type { Balance, Evidence } from "./ledger.ts";
import { differences, evidenceOf } from "./ledger-of-trace.ts";

/** A customer as the sender knows them. Moments are by the calendar's clock. */
export interface TracedCustomer {
  customerId: string;
  macAddress: string;
  askedAtMs: number;
  /** When they were answered, or the connection ended. */
  endedAtMs?: number | undefined;
  /** Absent without an answer. */
  status?: number | undefined;
  eventId?: string | undefined;
}

/** What happened to the customers, in the order of time: their part of a trace. */
function eventsOfCustomers(customers: readonly TracedCustomer[]): TraceEvent[] {
  const noted = customers.flatMap(
    ({ customerId, macAddress, askedAtMs, endedAtMs, status, eventId }, request) => [
      { kind: "asked" as const, atMs: toTenths(askedAtMs), request, customerId, macAddress },
      ...(endedAtMs === undefined
        ? []
        : [
            {
              kind: "answered" as const,
              atMs: toTenths(endedAtMs),
              request,
              ...(status !== undefined && { status }),
              ...(eventId !== undefined && { eventId }),
            },
          ]),
    ],
  );
  return noted
    .toSorted((one, other) => one.atMs - other.atMs)
    .map((event, seq): TraceEvent => ({ ...event, part: "customers", seq }));
}

/** The customers of a trial as its sender saw them. The requests have to be in the same order. */
export const customersOf = (
  requests: readonly { customerId: string; macAddress: string; dueMs: number }[],
  { answers }: Pick<OpenLoopResult, "answers">,
  startedAtMs: number,
): TracedCustomer[] =>
  requests.map(({ customerId, macAddress, dueMs }, at) => {
    const { lateMs = 0, answeredMs, failedMs, status, eventId } = answers[at] ?? {};
    const endedMs = answeredMs ?? failedMs;
    return {
      customerId,
      macAddress,
      askedAtMs: startedAtMs + dueMs + lateMs,
      endedAtMs: endedMs === undefined ? undefined : startedAtMs + endedMs,
      status,
      eventId,
    };
  });

interface Tracing {
  running: Pick<ReachableChapter, "trace">;
  about: { row: string; plan: string; seed: number };
  startedAtMs: number;
  customers: readonly TracedCustomer[];
  /** The ledger of the same trial, from the evidence. */
  ledger: Balance;
  warmUpDevices: Evidence["warmUpDevices"];
}

/** A trial's trace, and how the two ledgers differ. */
export interface Traced {
  trace?: Trace;
  /** Why there is no trace, or no ledger from it. */
  whyNone?: string;
  /** How the ledger from the trace differs. Empty if it is the same, or there is none. */
  differences: string[];
}

/** Reads the trace of a finished trial, and compares the ledger made from it with the one from the evidence. */
export async function traced(tracing: Tracing): Promise<Traced> {
  const { running, about, startedAtMs, customers, ledger, warmUpDevices } = tracing;
  if ("whyNone" in running.trace) {
    return { whyNone: running.trace.whyNone, differences: [] };
  }
  const { header, events } = await running.trace.read();
  const trace = {
    header: { ...header, ...about, startedAtMs: toTenths(startedAtMs) },
    events: inOrder([eventsOfCustomers(customers), events]),
  };
  const evidence = evidenceOf(trace, { warmUpDevices });
  if ("whyNone" in evidence) {
    return { trace, whyNone: evidence.whyNone, differences: [] };
  }
  return { trace, differences: differences(ledger, balance(evidence)) };
}
