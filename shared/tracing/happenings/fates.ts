import type { TraceEvent } from "#shared/trace.ts";
import { counted, moment, spoken } from "#shared/words.ts";
import type { ReadTrace, TracedActivation } from "../activations.ts";
import { goesOn, medianOf, namesOf, onlyOne, weights } from "./happening.ts";
import type { Candidate } from "./happening.ts";

/** What was lost without a kill, given up, set aside, brought back or deduplicated, and who got an error. */
export function fateHappenings(read: ReadTrace): Candidate[] {
  return [lostWithoutKill, gaveUp, setAside, redriven, errors, deduplicated].flatMap((tellOf) =>
    tellOf(read),
  );
}

const are = (activations: readonly TracedActivation[], what: string): string =>
  `${namesOf(activations)} ${activations.length === 1 ? "is" : "are"} ${what}`;

/** A sentence about `which`, each with the time of one event. The first of these times is that of the sentence. */
function tell(
  { trace }: ReadTrace,
  which: readonly { activation: TracedActivation; atMs: number }[],
  text: (activations: TracedActivation[]) => string,
  weight: number,
): Candidate[] {
  if (which.length === 0) {
    return [];
  }
  const inOrder = which.toSorted((one, other) => one.atMs - other.atMs);
  const activations = inOrder.map(({ activation }) => activation);
  const atMs = (inOrder[0]?.atMs ?? 0) - trace.header.startedAtMs;
  return [{ atMs, text: text(activations), weight, ...onlyOne(activations) }];
}

/** Each activation with this fate, and its last event of such a kind. */
const endedBy = (
  { activations }: ReadTrace,
  fate: TracedActivation["fate"],
  isEnd: (event: TraceEvent) => boolean,
) =>
  activations
    .filter((activation) => activation.fate === fate)
    .flatMap((activation) => {
      const last = activation.events.findLast(isEnd);
      return last === undefined ? [] : [{ activation, atMs: last.atMs }];
    });

function lostWithoutKill(read: ReadTrace): Candidate[] {
  const lost = endedBy(read, "lost", () => true).filter(
    ({ activation }) =>
      !activation.events.some(({ kind }) => kind === "killed" || kind === "environmentEnded"),
  );
  return tell(
    read,
    lost,
    (all) => `${are(all, "lost")}: nobody will ever work on ${all.length === 1 ? "it" : "them"}.`,
    weights.lost,
  );
}

function gaveUp(read: ReadTrace): Candidate[] {
  const given = endedBy(read, "gaveUp", (event) => event.kind === "written" && event.status === "failed");
  return tell(
    read,
    given,
    (all) => `The vendor failed, and ${are(all, "given up")}: no one tries again.`,
    weights.gaveUp,
  );
}

function setAside(read: ReadTrace): Candidate[] {
  const aside = endedBy(read, "deadLettered", ({ kind }) => kind === "setAside" || kind === "asyncDiscarded");
  return tell(
    read,
    aside,
    (all) =>
      `${are(all, "set aside")} in the dead-letter queue, and ${all.length === 1 ? "waits" : "wait"} there for a person.`,
    weights.setAside,
  );
}

function redriven(read: ReadTrace): Candidate[] {
  const back = read.activations.flatMap((activation) => {
    const event = activation.events.findLast(({ kind }) => kind === "redriven");
    return event === undefined ? [] : [{ activation, atMs: event.atMs }];
  });
  return tell(
    read,
    back,
    (all) => {
      const works = all.filter(({ fate }) => fate === "activated").length;
      const device =
        all.length === 1 ? "its device works" : `${works} of these devices ${works === 1 ? "works" : "work"}`;
      const end =
        works === all.length && works > 1
          ? "all of these devices work"
          : works === 0
            ? "no device works yet"
            : device;
      return `The redrive brought ${counted(all.length, "message")} back (${namesOf(all)}), and ${end}.`;
    },
    weights.redrive,
  );
}

function errors(read: ReadTrace): Candidate[] {
  const failed = read.activations.flatMap((activation) => {
    const answer = activation.events.findLast(({ kind }) => kind === "answered");
    const isError = answer?.kind === "answered" && (answer.status === undefined || answer.status >= 400);
    return isError ? [{ activation, atMs: answer.atMs }] : [];
  });
  return tell(
    read,
    failed,
    (all) =>
      `${namesOf(all)} got an error or no answer, so ${all.length === 1 ? "this customer has" : "these customers have"} no ticket.`,
    weights.errors,
  );
}

function deduplicated(read: ReadTrace): Candidate[] {
  const swallowed = read.activations.flatMap((activation) => {
    const event = activation.events.find(({ kind }) => kind === "deduplicated");
    return event === undefined ? [] : [{ activation, atMs: event.atMs }];
  });
  return tell(
    read,
    swallowed,
    (all) =>
      `The FIFO queue already had the ${all.length === 1 ? "message" : "messages"} of ${namesOf(all)}, and stored no second one.`,
    weights.deduplicated,
  );
}

// An ordinary day has shorter waits.
const longMs = 2_000;

/** Who waited longest, if it was long. */
export function waitingHappenings(read: ReadTrace): Candidate[] {
  const { trace, activations, forgotten } = read;
  const { startedAtMs } = trace.header;
  const endMs = trace.events.at(-1)?.atMs ?? startedAtMs;
  const slowest = forgotten?.slowest;
  const waits = [...activations, ...(slowest === undefined ? [] : [slowest])].flatMap((activation) => {
    const { askedAtMs, activatedAtMs, fate } = activation;
    const isOpen = fate === "waiting";
    return askedAtMs === undefined || (activatedAtMs === undefined && !isOpen)
      ? []
      : [{ activation, askedAtMs, ms: (activatedAtMs ?? endMs) - askedAtMs, isOpen }];
  });
  const [longest] = waits.toSorted((one, other) => other.ms - one.ms);
  if (longest === undefined || longest.ms < longMs) {
    return [];
  }
  const { activation, askedAtMs, ms, isOpen } = longest;
  const open = waits.filter((each) => each.isOpen).length;
  const name = namesOf([activation]);
  const told = (atMs: number, text: string): Candidate[] => [
    { atMs: atMs - startedAtMs, text, weight: weights.waiting, ...onlyOne([activation]) },
  ];
  if (goesOn(trace)) {
    const others =
      open === 1 ? "" : `, and ${counted(open - 1, "other")} still ${open === 2 ? "waits" : "wait"}`;
    return isOpen
      ? told(askedAtMs, `${name} has waited since ${moment(askedAtMs - startedAtMs)}${others}.`)
      : told(
          activation.activatedAtMs ?? endMs,
          `${name} waited longest: its device works ${spoken(ms)} after the customer asked.`,
        );
  }
  const median = medianOf(waits.map((each) => each.ms)) ?? 0;
  return told(
    activation.activatedAtMs ?? endMs,
    isOpen
      ? `When the trace ends at ${moment(endMs - startedAtMs)}, ${counted(open, "activation")} still ${open === 1 ? "waits" : "wait"}; ${name} has waited longest, ${spoken(ms)}.`
      : `${name} waited longest: its device works ${spoken(ms)} after the customer asked, half of them within ${spoken(median)}.`,
  );
}
