import type { TraceEventOf } from "#shared/trace.ts";
import { ordinal, spoken } from "#shared/words.ts";
import type { Story, Tellers } from "./story.ts";

const standsInLineMs = 20;

/** Vendor calls, with their outcome and how long they took. */
export const vendorTellers: Tellers = {
  callArrived: (story, event) => {
    const key = event.idempotencyKey === undefined ? "" : ", with the eventId as its key";
    story.tell(event, `${story.subject(event.by)} called the vendor${key}.`, "called");
  },
  callBegan: (story, event) => {
    const waitedMs = event.atMs - arrivalOf(story, event.call);
    if (waitedMs >= standsInLineMs) {
      story.tell(event, `The vendor began after the call had stood in line for ${spoken(waitedMs)}.`);
    }
  },
  callerLeft: (story, event) => {
    const waited = spoken(event.atMs - arrivalOf(story, event.call));
    story.tell(event, `The caller left after ${waited} without an answer.`);
  },
  callEnded: (story, event) => story.tell(event, endOf(story, event)),
};

function arrivalOf(story: Story, call: number): number {
  const arrived = story.before.find((each) => each.kind === "callArrived" && each.call === call);
  return arrived?.atMs ?? 0;
}

function endOf(story: Story, { call, status, provisioned, atMs }: TraceEventOf<"callEnded">): string {
  const isAlone = story.before.some((each) => each.kind === "callerLeft" && each.call === call);
  const took = spoken(atMs - arrivalOf(story, call));
  if (provisioned) {
    const nth = 1 + story.before.filter((each) => each.kind === "callEnded" && each.provisioned).length;
    const again = nth > 1 ? ` for the ${ordinal(nth)} time` : "";
    const unheard = isAlone || status === undefined ? ", and no one heard of it" : "";
    return `The vendor provisioned the device${again}, after ${took}${unheard}.`;
  }
  if (status === undefined) {
    return isAlone ? "The vendor dropped the call." : `The vendor ended the connection after ${took}.`;
  }
  const known: Record<number, string> = {
    201: `The vendor knew the key: it answered 201 after ${took}, and provisioned nothing again.`,
    429: "The vendor turned the call away with 429: it had too many.",
    503: "The vendor was out of order, and answered 503.",
  };
  return known[status] ?? `The vendor answered ${status} after ${took}: it did not provision the device.`;
}
