// One part's events, wherever they are kept: the launcher asks the other processes for theirs.
import type { TracePart } from "#shared/trace.ts";
import type { Recorded, TraceRecorder } from "./recorder.ts";

/** A part of a trace, as its collector reads it. */
export interface PartSource {
  part: TracePart;
  /** What was noted from this `seq` on. Rejects if whoever noted it is gone. */
  read: (after: number) => Promise<Recorded>;
  /** Forgets what was noted so far, and counts from 0 again. */
  begin: () => Promise<unknown>;
}

/** How many events each part keeps: those of two minutes at 20 customers a second, and of three storms. */
export const eventsKept: Readonly<Record<Exclude<TracePart, "customers">, number>> = {
  api: 8_192,
  aws: 32_768,
  vendor: 8_192,
  launcher: 1_024,
};

/** The word by which the launcher asks a process for its part. */
export const traceQuestion = "trace";

/** What a process answers to that word: see `answer` of child.ts. */
export const answerFrom =
  (recorder: TraceRecorder) =>
  (question: Readonly<Record<string, unknown>>): Recorded => {
    if (question["begin"] === true) {
      recorder.begin();
    }
    return recorder.read(Number(question["after"] ?? 0));
  };

/** The part of this process. */
export const ownPart = (recorder: TraceRecorder): PartSource => ({
  part: recorder.part,
  read: async (after) => recorder.read(after),
  begin: async () => recorder.begin(),
});

type Ask = (
  question: { kind: string; [more: string]: unknown },
  withinMs: number,
) => Promise<Readonly<Record<string, unknown>> | undefined>;

// A busy machine takes its time; a process that is gone is known to be.
const answersWithinMs = 15_000;

/** The part of another process. */
export function partOf(part: TracePart, ask: Ask): PartSource {
  const asked = async (more: { after?: number; begin?: boolean }) => {
    const answer = await ask({ kind: traceQuestion, ...more }, answersWithinMs);
    if (answer === undefined) {
      throw new Error(
        `Expected the events of the part ${part} within ${answersWithinMs / 1_000} s, got none: its process has ended, or hangs`,
      );
    }
    return answer as unknown as Recorded;
  };
  return { part, read: (after) => asked({ after }), begin: () => asked({ begin: true }) };
}
