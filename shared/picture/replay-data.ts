import type { Trace } from "#shared/trace.ts";
import type { CodePlaces } from "#shared/tracing/decisions.ts";

/** One chapter of a page. */
export interface ReplayPanel {
  /** "07 · One conditional write takes a lease" */
  title: string;
  trace: Trace;
  /** Where the chapter's code makes each kind of decision. */
  places: CodePlaces;
  /** What is wrong with the data: dropped events, a trace that was cut off. */
  remarks: readonly string[];
}

/** All data of a replay page. */
export interface ReplayData {
  title: string;
  /** Where it comes from. */
  source: string;
  panels: readonly ReplayPanel[];
}
