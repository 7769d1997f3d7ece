import type { TraceEventOf } from "#shared/trace.ts";
import { spoken } from "#shared/words.ts";
import type { Story, Tellers } from "./story.ts";

/** The request, its answer, and the inventory. */
export const customerTellers: Tellers = {
  asked: (story, event) => {
    const isFirst = !story.before.some(({ kind }) => kind === "asked");
    story.tell(event, isFirst ? "The customer asked for the device." : "The customer asked again.");
  },
  claimed: (story, event) =>
    story.tell(
      event,
      event.isFirst
        ? "The API claimed the device in the inventory."
        : "The API found the device claimed already, and kept its eventId.",
      "claimed",
    ),
  answered: tellAnswer,
};

function tellAnswer(story: Story, event: TraceEventOf<"answered">): void {
  const asked = story.before.findLast((each) => each.kind === "asked" && each.request === event.request);
  const after = asked === undefined ? "" : ` after ${spoken(event.atMs - asked.atMs)}`;
  const { status } = event;
  if (status === undefined) {
    story.tell(event, `The customer got no answer: the connection ended${after}.`);
  } else if (status === 202) {
    story.tell(event, `The API answered 202${after}: the customer holds a ticket.`, "answered");
  } else if (status === 201) {
    story.tell(event, `The API answered 201${after}: the device works.`, "answered");
  } else if (status < 300) {
    story.tell(event, `The API answered ${status}${after}, with what there was already.`, "repeated");
  } else {
    const said = status < 500 ? "refused the request with" : "answered with an error,";
    story.tell(event, `The API ${said} ${status}${after}.`);
  }
}
