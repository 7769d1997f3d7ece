// What one would tell of a run, from its trace. Pure, and free of Node's modules: pages use it, too.
import type { Trace } from "#shared/trace.ts";

/** A sentence about one moment of the run. `atMs` counts from the trace's start, as all times do that are shown. */
export interface Happening {
  atMs: number;
  text: string;
  /** The activation whose story tells more, if it is about a single one. */
  eventId?: string;
}

/** At most six sentences, in the order of time; one if nothing out of the ordinary happened. */
export function whatHappened(_trace: Trace): Happening[] {
  return [];
}
