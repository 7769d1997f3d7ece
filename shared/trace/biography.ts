// The story of one activation, from a trace. Pure, and free of Node's modules: pages use it, too.
import type { Trace } from "#shared/trace.ts";

/** A line of a chapter's code, as an editor opens it: `file` is named from the project's root. */
export interface CodePlace {
  file: string;
  line: number;
}

/** One moment of an activation's life. `atMs` counts from the trace's start, as all times do that are shown. */
export interface StoryLine {
  atMs: number;
  text: string;
  /** The line that decided it, where it was the chapter's own code. */
  code?: CodePlace;
}

/**
 * What happened to one activation, in the order of time; empty if the trace doesn't know it. `places` says where in the chapter's
 * code each kind of decision stands: without it no line names code.
 */
export function biographyOf(
  _trace: Trace,
  _eventId: string,
  _places: Readonly<Record<string, CodePlace>> = {},
): StoryLine[] {
  return [];
}
