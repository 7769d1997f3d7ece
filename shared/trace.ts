// What happened to each activation, as seen by the servers that did it. This is the only description, shared by its writers and its
// readers (the ledger from the trace, the live page, the replay, `npm run why`). A trace is one header and then one event per line,
// in the order of time. Nothing in it is inferred: there is no event for a hidden message becoming visible, since nothing runs when
// a timeout ends; see the `hiddenUntilMs` of the last delivery or change.
import * as z from "zod";

/** The present version of a trace. Increase it with every change that a reader has to know about. */
export const traceVersion = 1;

/** Who recorded an event. Each numbers its own. */
const partSchema = z.enum(["customers", "api", "aws", "vendor", "launcher"]);
export type TracePart = z.infer<typeof partSchema>;

const when = {
  /** By the calendar's clock, to a tenth of a millisecond. */
  atMs: z.number(),
  part: partSchema,
  /** Numbers the events of this part, from 0. A gap means a dropped event. */
  seq: z.int().min(0),
};
const count = z.int().min(0);
/** By the calendar's clock. */
const moment = z.number();
/** The caller: "api", "worker", the request id of an invocation, or "" for any other. */
const by = z.string();
const activation = { eventId: z.string(), macAddress: z.string() };
/** A row of a queue. A copy of a message is another row with the same `messageId`. `row` is unique in a trace. */
const row = { queue: z.string(), row: count };
const event = <Kind extends string, Shape extends z.ZodRawShape>(kind: Kind, shape: Shape) =>
  z.object({ kind: z.literal(kind), ...when, ...shape });

export const traceEventSchema = z.discriminatedUnion("kind", [
  // A customer asks for an activation and is answered. In a benchmark the sender records it, in a live chapter the API.
  event("asked", { request: count, customerId: z.string(), macAddress: z.string() }),
  // Without a status: the connection ended without an answer, or the time limit was over.
  event("answered", { request: count, status: count.optional(), eventId: z.string().optional() }),

  // SQS.
  event("sent", { ...row, ...activation, messageId: z.string(), visibleAtMs: moment, by }),
  // A send with the deduplication id of this row, within five minutes: a FIFO queue answered with success and stored nothing.
  event("deduplicated", { ...row, by }),
  event("delivered", { ...row, receiveCount: count, hiddenUntilMs: moment, by }),
  // A second row with the same content, because the queue delivers this message twice.
  event("copied", { ...row, copy: count, visibleAtMs: moment }),
  event("hidden", { ...row, hiddenUntilMs: moment, by }),
  event("deleted", { ...row, by }),
  // An older handle: nothing was deleted.
  event("notDeleted", { ...row, by }),
  // The row is removed, and the other queue gets a new one.
  event("setAside", { ...row, to: z.string(), newRow: count, receiveCount: count }),
  event("redriven", { ...row, to: z.string(), newRow: count }),
  event("purged", { ...row }),
  // Kept longer than the queue's retention.
  event("expired", { ...row }),

  // Lambda. An environment is named by its process id.
  event("environmentStarted", { environment: count }),
  event("environmentReady", { environment: count }),
  event("environmentEnded", { environment: count, why: z.enum(["killed", "timedOut", "exited", "stopped"]) }),
  // With the rows of a queue, or with the activation of an asynchronous invocation.
  event("invoked", {
    environment: count,
    invocation: z.string(),
    rows: z.array(count),
    eventIds: z.array(z.string()),
  }),
  event("returned", {
    environment: count,
    invocation: z.string(),
    outcome: z.enum(["answered", "failed", "timedOut"]),
    /** The rows that were not done, and come back. */
    failedRows: z.array(count),
  }),
  // Lambda's internal queue for asynchronous invocations: accepted, to be retried at that moment, given up.
  event("asyncAccepted", { ...activation, invocation: z.string(), by }),
  event("asyncRetried", { invocation: z.string(), attempt: count, againAtMs: moment }),
  event("asyncDiscarded", { invocation: z.string(), to: z.string().optional(), newRow: count.optional() }),

  // DynamoDB. `status` is the row's afterwards: a ticket's, or in chapter 01 the inventory's.
  event("claimed", { ...activation, isFirst: z.boolean(), by }),
  event("written", {
    eventId: z.string(),
    status: z.string().optional(),
    activatedAtMs: moment.optional(),
    leaseOwner: z.string().optional(),
    leaseEndsAtMs: moment.optional(),
    by,
  }),
  // A failed condition: nothing was written.
  event("refused", { eventId: z.string(), by }),
  // Only by whoever works on it: a customer's reads of the ticket are not recorded.
  event("read", { eventId: z.string(), status: z.string().optional(), by }),

  // The vendor. `call` counts its calls.
  event("callArrived", { call: count, macAddress: z.string(), idempotencyKey: z.string().optional(), by }),
  event("callBegan", { call: count }),
  event("callEnded", {
    call: count,
    status: count.optional(),
    /** The call provisioned the device, perhaps not for the first time. */
    provisioned: z.boolean(),
  }),
  event("callerLeft", { call: count }),

  // Troubles, each recorded by the part that caused it.
  event("killed", { target: z.enum(["api", "worker", "function"]), pid: count }),
  event("weather", { change: z.record(z.string(), z.unknown()) }),
  event("duplicates", { everyNth: count }),
  event("consumers", { on: z.boolean() }),
]);
export type TraceEvent = z.infer<typeof traceEventSchema>;
export type TraceEventOf<Kind extends TraceEvent["kind"]> = Extract<TraceEvent, { kind: Kind }>;

/** A trace's header. */
export const traceHeaderSchema = z.object({
  traceVersion: z.literal(traceVersion),
  /** "07-lock" */
  chapter: z.string(),
  /** "07", "07+key" */
  row: z.string(),
  /** "the short day" or "the storm"; "live" for a chapter that runs for people. */
  plan: z.string(),
  seed: z.int().optional(),
  /** By the calendar's clock. Displayed times count from here. */
  startedAtMs: moment,
  /** The queue in which messages end that are set aside. */
  deadLetterQueue: z.string().optional(),
  vendorCapacity: count.optional(),
  /** How many events each part had to drop. If any, nothing may be called lost because of this trace. */
  dropped: z.partialRecord(partSchema, count),
  /**
   * For a reader who came late: since when all events are there. Of older ones it gets only those whose effect lasts. So whatever it
   * knows about who asked since then is complete, though events were dropped.
   */
  knownFromMs: moment.optional(),
});
export type TraceHeader = z.infer<typeof traceHeaderSchema>;

/** A complete trace, in the order of time. */
export interface Trace {
  header: TraceHeader;
  events: TraceEvent[];
}
