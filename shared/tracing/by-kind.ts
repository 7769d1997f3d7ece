import type { TraceEvent, TraceEventOf } from "#shared/trace.ts";

/** A function for each kind of event. Kinds without one are ignored. */
export type ByKind<Context, Result = void> = {
  readonly [Kind in TraceEvent["kind"]]?: (context: Context, event: TraceEventOf<Kind>) => Result;
};

/** Calls the function for the event's kind. */
export function byKind<Context, Result>(
  what: ByKind<Context, Result>,
  context: Context,
  event: TraceEvent,
): Result | undefined {
  // The types can't express that the function and the event are of the same kind.
  const handle = what[event.kind] as ((context: Context, event: TraceEvent) => Result) | undefined;
  return handle?.(context, event);
}
