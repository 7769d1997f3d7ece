// The story of one activation, from a trace. Pure, and free of Node's modules: pages use it, too.
import type { Trace } from "#shared/trace.ts";
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
 * What happened to one activation, in the order of time; empty if the trace doesn't know it. `places` says where in the chapter's
 * code each kind of decision stands: without it no line names code. Who asks for many gives the trace as it was read once.
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
  const story = new Story(read, activation, places);
  for (const event of activation.events) {
    story.goTo(event);
    byKind(tellers, story, event);
  }
  tellEnd(story);
  return story.lines;
}

const tellers: Tellers = {
  ...customerTellers,
  ...queueTellers,
  ...functionTellers,
  ...ticketTellers,
  ...vendorTellers,
};
