// The events of one part, wherever they are kept. The launcher asks the other processes for theirs.
import type { TracePart } from "#shared/trace.ts";
import type { Recorded, Span, TraceRecorder } from "./recorder.ts";

/** One part of a trace, as the collector reads it. */
export interface PartSource {
  part: TracePart;
  /** The events from this `seq` on, of a span or all. Rejects if the process that recorded them is gone. */
  read: (after: number, span?: Span) => Promise<Recorded>;
  /** Drops the recorded events, and counts from 0 again. */
  begin: () => Promise<unknown>;
  /** Whether it records from now on. Only a measurement of what recording costs turns it off. */
  record: (on: boolean) => Promise<unknown>;
}

/**
 * How many events each part keeps: those of a minute and a half with 20 customers a second, and of more than three storms. Its memory
 * grows until it keeps so many, since each refers to texts of its own, and then stays level.
 */
export const eventsKept: Readonly<Record<Exclude<TracePart, "customers">, number>> = {
  api: 4_096,
  aws: 16_384,
  vendor: 6_144,
  launcher: 1_024,
};

/** The word with which the launcher asks a process for its part. */
export const traceQuestion = "trace";

/** The word with which it tells the API whether to report its customers, and how much of what it wrote was read. */
export const customersQuestion = "customers";

/** A process's answer to the first: see `answer` of child.ts. */
export const answerFrom =
  (recorder: TraceRecorder) =>
  (question: Readonly<Record<string, unknown>>): Recorded => {
    if (question["begin"] === true) {
      recorder.begin();
    }
    if (typeof question["record"] === "boolean") {
      recorder.isRecording = question["record"];
    }
    return recorder.read(Number(question["after"] ?? 0), question["span"] as Span | undefined);
  };

/** The part that this process records. */
export const ownPart = (recorder: TraceRecorder): PartSource => ({
  part: recorder.part,
  read: async (after, span) => recorder.read(after, span),
  begin: async () => recorder.begin(),
  record: async (on) => {
    recorder.isRecording = on;
  },
});

type Ask = (
  question: { kind: string; [more: string]: unknown },
  withinMs: number,
) => Promise<Readonly<Record<string, unknown>> | undefined>;

// For a busy machine. A process that is gone is noticed at once.
const answersWithinMs = 15_000;

/** The part that the launcher records of what the API reports. */
export const toldPart = (recorder: TraceRecorder, told: { read: () => void }, ask: Ask): PartSource => ({
  part: recorder.part,
  read: async (after, span) => {
    told.read();
    return recorder.read(after, span);
  },
  begin: async () => {
    told.read();
    recorder.begin();
  },
  record: (on) => ask({ kind: customersQuestion, report: on }, answersWithinMs),
});

/** The part that another process records. */
export function partOf(part: TracePart, ask: Ask): PartSource {
  const asked = async (more: {
    after?: number;
    span?: Span | undefined;
    begin?: boolean;
    record?: boolean;
  }) => {
    const answer = await ask({ kind: traceQuestion, ...more }, answersWithinMs);
    if (answer === undefined) {
      throw new Error(
        `Expected the events of the part ${part} within ${answersWithinMs / 1_000} s, got none: its process has ended, or hangs`,
      );
    }
    return answer as unknown as Recorded;
  };
  return {
    part,
    read: (after, span) => asked({ after, span }),
    begin: () => asked({ begin: true }),
    // All that it has recorded would be a long answer.
    record: (on) => asked({ record: on, after: Number.MAX_SAFE_INTEGER }),
  };
}
