import type { TraceEvent, TraceEventOf } from "#shared/trace.ts";

/** What to do with each kind of event; nothing with those that are not named. */
export type ByKind<Context, Result = void> = {
  readonly [Kind in TraceEvent["kind"]]?: (context: Context, event: TraceEventOf<Kind>) => Result;
};

/** Does with an event what is to be done with its kind. */
export function byKind<Context, Result>(
  what: ByKind<Context, Result>,
  context: Context,
  event: TraceEvent,
): Result | undefined {
  // The types can't say that the function and the event are of the same kind.
  const handle = what[event.kind] as ((context: Context, event: TraceEvent) => Result) | undefined;
  return handle?.(context, event);
}
