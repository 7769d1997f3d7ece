// Where a part of a running chapter records its events. It must cost almost nothing: the embedded SQS records every message.
// So an event goes into columns, numbers into typed arrays and the rest by reference. Bodies are parsed when the trace is read.
// No zod here, since the embedded AWS doesn't load it.
import type { TraceEvent, TracePart } from "#shared/trace.ts";
import { traceNowMs } from "./clock.ts";

type Kind = TraceEvent["kind"];
type Unless<Fields extends string> = "part" | "seq" | "atMs" | Fields;
/** For messages and asynchronous events the writer passes the body, for a batch all bodies. */
type WithBody<Event> = Event extends { kind: "sent" | "asyncAccepted" }
  ? Omit<Event, Unless<"eventId" | "macAddress">> & { body: string }
  : Event extends { kind: "invoked" }
    ? Omit<Event, Unless<"eventIds">> & { bodies: readonly string[] }
    : Omit<Event, Unless<never>>;

/** An event as its writer passes it. */
export type Noted = WithBody<TraceEvent>;

type Fields<Name extends Kind> = Exclude<keyof Extract<Noted, { kind: Name }>, "kind">;
type Layout = {
  [Name in Kind]: readonly [numbers: readonly Fields<Name>[], others: readonly Fields<Name>[]];
};

/** Which fields of an event are numbers, and which are not. */
const layout: Layout = {
  asked: [["request"], ["customerId", "macAddress"]],
  answered: [["request", "status"], ["eventId"]],
  sent: [
    ["row", "visibleAtMs"],
    ["queue", "body", "messageId", "by"],
  ],
  deduplicated: [["row"], ["queue", "by"]],
  delivered: [
    ["row", "receiveCount", "hiddenUntilMs"],
    ["queue", "by"],
  ],
  copied: [["row", "copy", "visibleAtMs"], ["queue"]],
  hidden: [
    ["row", "hiddenUntilMs"],
    ["queue", "by"],
  ],
  deleted: [["row"], ["queue", "by"]],
  notDeleted: [["row"], ["queue", "by"]],
  setAside: [
    ["row", "newRow", "receiveCount"],
    ["queue", "to"],
  ],
  redriven: [
    ["row", "newRow"],
    ["queue", "to"],
  ],
  purged: [["row"], ["queue"]],
  expired: [["row"], ["queue"]],
  environmentStarted: [["environment"], []],
  environmentReady: [["environment"], []],
  environmentEnded: [["environment"], ["why"]],
  invoked: [["environment"], ["invocation", "rows", "bodies"]],
  returned: [["environment"], ["invocation", "outcome", "failedRows"]],
  asyncAccepted: [[], ["body", "invocation", "by"]],
  asyncRetried: [["attempt", "againAtMs"], ["invocation"]],
  asyncDiscarded: [["newRow"], ["invocation", "to"]],
  claimed: [[], ["eventId", "macAddress", "isFirst", "by"]],
  written: [
    ["activatedAtMs", "leaseEndsAtMs"],
    ["eventId", "status", "leaseOwner", "by"],
  ],
  refused: [[], ["eventId", "by"]],
  read: [[], ["eventId", "status", "by"]],
  callArrived: [["call"], ["macAddress", "idempotencyKey", "by"]],
  callBegan: [["call"], []],
  callEnded: [["call", "status"], ["provisioned"]],
  callerLeft: [["call"], []],
  killed: [["pid"], ["target"]],
  weather: [[], ["change"]],
  duplicates: [["everyNth"], []],
  consumers: [[], ["on"]],
};
const kinds = Object.keys(layout) as Kind[];
const kindOf = Object.fromEntries(kinds.map((kind, place) => [kind, place])) as Record<Kind, number>;
/** Stands for a number that an event doesn't have. */
const nothing = Number.NaN;
const numbersMax = 3;
const othersMax = 4;

// What still holds long afterwards: who sees only the newest events has to know it, too.
const lasting: ReadonlySet<Kind> = new Set([
  "weather",
  "duplicates",
  "consumers",
  "environmentStarted",
  "environmentReady",
  "environmentEnded",
]);

/** A part of a trace's time, by the calendar's clock. */
export interface Span {
  /** Of older events, only those whose effect lasts: the vendor's weather, environments. */
  fromMs?: number;
  /** Nothing from then on. */
  untilMs?: number;
}

/** The events from some `seq` on. */
export interface Recorded {
  events: TraceEvent[];
  /** The `seq` of the next event. */
  next: number;
  /** How many of the requested events are gone. */
  dropped: number;
  /** The time of the oldest event that is kept. Undefined if there is none. */
  oldestMs?: number;
}

/** The precision of a trace. */
export const toTenths = (ms: number): number => Math.round(ms * 10) / 10;

/** Keeps the newest events of one part, up to its capacity, and counts those that it had to drop. */
export class TraceRecorder {
  readonly part: TracePart;
  /** False to measure what recording costs: what happens then is not in the trace. */
  isRecording = true;
  readonly #capacity: number;
  readonly #kinds: Uint8Array;
  readonly #times: Float64Array;
  readonly #numbers: Float64Array;
  /** Grows until it is full: allocating it at once would take a tenth of a process's start. */
  readonly #others: unknown[] = [];
  #next = 0;
  /** That of the next event: `#next` by the capacity, counted, since dividing is slower. */
  #place = 0;

  constructor(part: TracePart, capacity: number) {
    this.part = part;
    this.#capacity = capacity;
    this.#kinds = new Uint8Array(capacity);
    this.#times = new Float64Array(capacity);
    this.#numbers = new Float64Array(capacity * numbersMax);
  }

  /** Records an event, by default with the present time. What it refers to must not change afterwards. */
  note(event: Noted, atMs = traceNowMs()): void {
    if (!this.isRecording) {
      return;
    }
    // A fast path for the events of every message: looking up each field by name takes three times as long.
    if (event.kind === "sent") {
      this.#keep(kindOf.sent, atMs, event.row, event.visibleAtMs, nothing);
      this.#refer(event.queue, keptOf(event.body), event.messageId, event.by);
    } else if (event.kind === "delivered") {
      this.#keep(kindOf.delivered, atMs, event.row, event.receiveCount, event.hiddenUntilMs);
      this.#refer(event.queue, event.by, undefined, undefined);
    } else if (event.kind === "deleted" || event.kind === "notDeleted") {
      this.#keep(kindOf[event.kind], atMs, event.row, nothing, nothing);
      this.#refer(event.queue, event.by, undefined, undefined);
    } else {
      this.#noteByNames(event, atMs);
    }
  }

  #noteByNames(event: Noted, atMs: number): void {
    const [numbers, others] = layout[event.kind] as readonly [readonly string[], readonly string[]];
    const fields = event as unknown as Readonly<Record<string, unknown>>;
    const number = (at: number) => (fields[numbers[at] ?? ""] as number | undefined) ?? nothing;
    const other = (at: number) => {
      const name = others[at] ?? "";
      return name === "body" ? keptOf(fields[name] as string) : fields[name];
    };
    this.#keep(kindOf[event.kind], atMs, number(0), number(1), number(2));
    this.#refer(other(0), other(1), other(2), other(3));
  }

  #keep(kind: number, atMs: number, first: number, second: number, third: number): void {
    const place = this.#place;
    const at = place * numbersMax;
    this.#kinds[place] = kind;
    this.#times[place] = atMs;
    this.#numbers[at] = first;
    this.#numbers[at + 1] = second;
    this.#numbers[at + 2] = third;
  }

  #refer(first: unknown, second: unknown, third: unknown, fourth: unknown): void {
    const at = this.#place * othersMax;
    this.#next += 1;
    this.#place = this.#place + 1 === this.#capacity ? 0 : this.#place + 1;
    this.#others[at] = first;
    this.#others[at + 1] = second;
    this.#others[at + 2] = third;
    this.#others[at + 3] = fourth;
  }

  /** The events from `after` on, all of them or those of a span. */
  read(after = 0, { fromMs = -Infinity, untilMs = Infinity }: Span = {}): Recorded {
    const oldest = Math.max(this.#next - this.#capacity, 0);
    const first = Math.max(after, oldest);
    const events: TraceEvent[] = [];
    let next = first;
    while (next < this.#next && this.#atMs(next) < untilMs) {
      if (this.#atMs(next) >= fromMs || lasting.has(this.#kind(next))) {
        events.push(this.#event(next));
      }
      next += 1;
    }
    return {
      events,
      next: Math.min(next, this.#next),
      dropped: first - Math.min(after, first),
      ...(oldest < this.#next && { oldestMs: this.#atMs(oldest) }),
    };
  }

  #kind(seq: number): Kind {
    return kinds[this.#kinds[seq % this.#capacity] ?? 0] as Kind;
  }

  #atMs(seq: number): number {
    return toTenths(this.#times[seq % this.#capacity] ?? 0);
  }

  /** Drops all events, and counts from 0 again. */
  begin(): void {
    this.#next = 0;
    this.#place = 0;
    this.#others.length = 0;
  }

  #event(seq: number): TraceEvent {
    const place = seq % this.#capacity;
    const moment = { atMs: this.#atMs(seq), part: this.part, seq };
    const kind = this.#kind(seq);
    const [numbers, others] = layout[kind];
    const event: Record<string, unknown> = { kind, ...moment };
    numbers.forEach((name, at) => {
      const value = this.#numbers[place * numbersMax + at];
      if (value !== undefined && !Number.isNaN(value)) {
        event[name] = value;
      }
    });
    others.forEach((name: string, at) => {
      const value = this.#others[place * othersMax + at];
      if (name === "body") {
        Object.assign(event, activationIn(value as string));
      } else if (name === "bodies") {
        event["eventIds"] = (value as readonly string[]).map((body) => activationIn(body).eventId);
      } else if (value !== undefined) {
        event[name] = value;
      }
    });
    return event as unknown as TraceEvent;
  }
}

const bodyLengthMax = 1_000;
const lengthShown = 80;

/** An activation is a hundred characters. Of a longer body only the beginning is kept, as a copy that doesn't hold the rest. */
const keptOf = (body: string): string =>
  body.length <= bodyLengthMax ? body : Buffer.from(body.slice(0, lengthShown)).toString();

/** What a body is about. A foreign body stands for itself. */
function activationIn(body: string): { eventId: string; macAddress: string } {
  try {
    const { eventId, macAddress } = JSON.parse(body) as Record<string, unknown>;
    if (typeof eventId === "string" && typeof macAddress === "string") {
      return { eventId, macAddress };
    }
  } catch {
    // Someone sent it by hand.
  }
  return { eventId: body.slice(0, lengthShown), macAddress: "" };
}
