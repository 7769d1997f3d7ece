// The story of one activation, from a trace. Pure and without Node's modules, since pages use it too.
import type { Trace, TraceEvent } from "#shared/trace.ts";
import { readTrace } from "./activations.ts";
import type { ReadTrace } from "./activations.ts";
import { byKind } from "./by-kind.ts";
import type { CodePlaces } from "./decisions.ts";
import { customerTellers } from "./story/customer.ts";
import { tellEnd } from "./story/end.ts";
import { functionTellers } from "./story/function.ts";
import { queueTellers } from "./story/queue.ts";
import { Story } from "./story/story.ts";
import type { StoryLine, Tellers } from "./story/story.ts";
import { ticketTellers } from "./story/ticket.ts";
import { vendorTellers } from "./story/vendor.ts";

export type { StoryLine } from "./story/story.ts";

/**
 * What happened to one activation, in the order of time. Empty if the trace doesn't know it. `places` says where the chapter's code
 * makes each kind of decision; without it no line names code. For many stories, pass the trace read once as `read`.
 */
export function biographyOf(
  trace: Trace,
  eventId: string,
  places: CodePlaces = {},
  read: ReadTrace = readTrace(trace),
): StoryLine[] {
  const activation = read.find(eventId);
  if (activation === undefined) {
    return [];
  }
  const story = new Story(read, { ...activation, events: causesFirst(activation.events) }, places);
  for (const event of story.activation.events) {
    story.goTo(event);
    byKind(tellers, story, event);
  }
  tellEnd(story);
  return story.lines;
}

// Two processes record cause and effect, each by its own clock. The gap between them may be smaller than the clocks' precision.
const clocksMs = 5;

/** A call comes after the write by which its caller took the work. */
function causesFirst(events: readonly TraceEvent[]): TraceEvent[] {
  const inOrder = [...events];
  events.forEach((event, at) => {
    const next = inOrder[at + 1];
    const isEarly =
      event.kind === "callArrived" &&
      next?.kind === "written" &&
      next.by === event.by &&
      next.status === "provisioning";
    if (isEarly && next.atMs - event.atMs < clocksMs) {
      inOrder.splice(at, 2, next, event);
    }
  });
  return inOrder;
}

const tellers: Tellers = {
  ...customerTellers,
  ...queueTellers,
  ...functionTellers,
  ...ticketTellers,
  ...vendorTellers,
};
