// The trace of a running chapter: reads its parts where they are kept, and merges them in the order of time.
import { traceVersion } from "#shared/trace.ts";
import type { Trace, TraceEvent, TraceHeader, TracePart } from "#shared/trace.ts";
import type { PartSource } from "./parts.ts";
import { traceNowMs } from "./clock.ts";
import { toTenths } from "./recorder.ts";
import type { Span } from "./recorder.ts";

/** What a trace is about, as far as its parts don't know it. */
export type About = Omit<TraceHeader, "traceVersion" | "startedAtMs" | "dropped">;

/** How far each part was read: the `seq` of its next event. */
export type Position = Partial<Record<TracePart, number>>;

/** The events since a position. */
export interface Batch {
  events: TraceEvent[];
  /** By part: how many events were forgotten before they could be read. */
  dropped: Partial<Record<TracePart, number>>;
  position: Position;
  /** The time of the oldest event that is kept; Infinity if there is none. */
  oldestMs: number;
  /** Since when no part has dropped any of the requested events; undefined if none has. */
  wholeFromMs?: number;
}

/** What a running chapter records about itself. */
export class ChapterTrace {
  readonly #parts: readonly PartSource[];
  readonly #about: () => Promise<About>;
  #startedAtMs = toTenths(traceNowMs());

  constructor(parts: readonly PartSource[], about: () => Promise<About>) {
    this.#parts = parts;
    this.#about = about;
  }

  /** When it began. Another trace of the same chapter has another time. */
  get startedAtMs(): number {
    return this.#startedAtMs;
  }

  /** Starts a new trace: earlier events, such as a warm-up, no longer belong to it. */
  async begin(): Promise<void> {
    await Promise.all(this.#parts.map((part) => part.begin()));
    this.#startedAtMs = toTenths(traceNowMs());
  }

  /** Whether it records from now on, to measure what that costs. Rejects if a part is gone. */
  async record(on: boolean): Promise<void> {
    await Promise.all(this.#parts.map((part) => part.record(on)));
  }

  /** What is new since a position, or everything without one; only of a span, if there is one. Rejects if a part is gone. */
  async since(position: Position = {}, span?: Span): Promise<Batch> {
    const read = await Promise.all(
      this.#parts.map(async ({ part, read: readPart }) => ({
        part,
        ...(await readPart(position[part] ?? 0, span)),
      })),
    );
    const wholeFromMs = Math.max(...read.map(({ dropped, oldestMs = 0 }) => (dropped === 0 ? 0 : oldestMs)));
    return {
      events: inOrder(read.map(({ events }) => events)),
      dropped: Object.fromEntries(
        read.flatMap(({ part, dropped }) => (dropped === 0 ? [] : [[part, dropped]])),
      ),
      position: Object.fromEntries(read.map(({ part, next }) => [part, next])),
      oldestMs: Math.min(...read.map(({ oldestMs = Infinity }) => oldestMs)),
      ...(wholeFromMs > 0 && { wholeFromMs }),
    };
  }

  /** Its header. */
  async header(dropped: Batch["dropped"] = {}): Promise<TraceHeader> {
    return { traceVersion, ...(await this.#about()), startedAtMs: this.#startedAtMs, dropped };
  }

  /** All of it, as far as it is kept. Rejects if a part is gone. */
  async read(): Promise<Trace> {
    const { events, dropped } = await this.since();
    return { header: await this.header(dropped), events };
  }
}

/** Why a chapter has no complete trace, as a sentence for the reader. */
export interface NoTrace {
  whyNone: string;
}

/** Merges the events of several parts in the order of time. */
export function inOrder(parts: readonly (readonly TraceEvent[])[]): TraceEvent[] {
  return parts
    .flat()
    .sort((one, other) => one.atMs - other.atMs || (one.part === other.part ? one.seq - other.seq : 0));
}
