import type { Trace } from "#shared/trace.ts";
import type { CodePlaces } from "#shared/trace/decisions.ts";

/** One chapter of a page. */
export interface ReplayPanel {
  /** "07 · One conditional write takes a lease" */
  title: string;
  trace: Trace;
  /** Where in the chapter's code each kind of decision stands. */
  places: CodePlaces;
  /** What is not as it should be: events that were dropped, a trace that was cut off. */
  remarks: readonly string[];
}

/** All that a replay's page draws from. */
export interface ReplayData {
  title: string;
  /** Where it comes from. */
  source: string;
  panels: readonly ReplayPanel[];
}
