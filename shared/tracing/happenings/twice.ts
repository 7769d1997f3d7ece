import type { TraceEvent, TraceEventOf } from "#shared/trace.ts";
import { spoken } from "#shared/words.ts";
import type { ReadTrace, TracedActivation } from "../activations.ts";
import { goesOn, namesOf, onlyOne, weights } from "./happening.ts";
import type { Candidate } from "./happening.ts";

/**
 * The first device that was provisioned more than once, how that came, and how many others were; the newest one while more may
 * come.
 */
export function twiceHappenings({ trace, activations }: ReadTrace): Candidate[] {
  const twice = activations.flatMap((activation) => {
    const [first, second] = activation.events.filter(isProvisioning);
    return first === undefined || second === undefined ? [] : [{ activation, first, second }];
  });
  const inOrder = twice.toSorted((one, other) => one.second.atMs - other.second.atMs);
  const [shown, ...others] = goesOn(trace) ? inOrder.toReversed() : inOrder;
  if (shown === undefined) {
    return [];
  }
  const { activation, first, second } = shown;
  const more =
    others.length === 0
      ? ""
      : ` So were ${others.length} more${others.length === 1 ? " device" : " devices"}.`;
  const times = activation.provisionedCount === 2 ? "twice" : `${activation.provisionedCount} times`;
  return [
    {
      atMs: second.atMs - trace.header.startedAtMs,
      text: `${howText(activation, first, second)} the vendor provisioned the device ${times}.${more.replace("So were 1 more", "So was one more")}`,
      weight: weights.twice,
      ...onlyOne([activation]),
    },
  ];
}

const isProvisioning = (event: TraceEvent): event is TraceEventOf<"callEnded"> =>
  event.kind === "callEnded" && event.provisioned;

function howText(
  activation: TracedActivation,
  first: TraceEventOf<"callEnded">,
  second: TraceEventOf<"callEnded">,
): string {
  const { events } = activation;
  const name = namesOf([activation]);
  const [firstCall, secondCall] = [first, second].map(({ call }) =>
    events.find((event) => event.kind === "callArrived" && event.call === call),
  );
  const by = [firstCall, secondCall].map((event) => (event?.kind === "callArrived" ? event.by : ""));
  const isKilled = events.some(
    (event) => isKill(event) && event.atMs >= (firstCall?.atMs ?? Infinity) && event.atMs <= first.atMs,
  );
  if (isKilled) {
    return `${name} was in hand when its process was killed; the vendor finished the call, and the next delivery called again:`;
  }
  const left = events.find((event) => event.kind === "callerLeft" && event.call === first.call);
  if (left !== undefined) {
    const waited = spoken(left.atMs - (firstCall?.atMs ?? left.atMs));
    return `${name}'s caller left after ${waited}; the vendor finished the call, and the next delivery called again:`;
  }
  const [one, other] = by.map((caller) => deliveryTo(events, caller));
  if (one === undefined || other === undefined) {
    return `${name} was asked for at the vendor by two callers;`;
  }
  const apartMs = Math.abs(other.atMs - one.atMs);
  const apart = `${name} was delivered twice, ${apartMs < 10 ? "at the same moment" : `${spoken(apartMs)} apart`};`;
  const [readByOne, readByOther] = by.map((caller) =>
    events.find((event) => event.kind === "read" && event.by === caller),
  );
  if (readByOne?.kind !== "read" || readByOther?.kind !== "read") {
    return `${apart} both called the vendor;`;
  }
  return readByOne.status === readByOther.status
    ? `${apart} both read \`${readByOne.status ?? "no ticket"}\`;`
    : `${apart} one read \`${readByOne.status ?? "no ticket"}\` and the other \`${readByOther.status ?? "no ticket"}\`;`;
}

const isKill = ({ kind }: TraceEvent): boolean => kind === "killed" || kind === "environmentEnded";

/** The delivery by which a caller got the message. */
function deliveryTo(events: readonly TraceEvent[], caller: string): TraceEvent | undefined {
  const invoked = events.find((event) => event.kind === "invoked" && event.invocation === caller);
  return invoked?.kind === "invoked" && invoked.rows.length > 0
    ? events.findLast(
        (event) =>
          event.kind === "delivered" && invoked.rows.includes(event.row) && event.atMs <= invoked.atMs,
      )
    : invoked;
}
