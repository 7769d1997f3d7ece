import type { TraceEventOf } from "#shared/trace.ts";
import { counted, listed, moment } from "#shared/words.ts";
import type { ReadTrace, TracedActivation } from "../activations.ts";
import { namesOf, onlyOne, weights } from "./happening.ts";
import type { Candidate } from "./happening.ts";

/** Each kill, with what was being worked on and what became of it. */
export function killHappenings(read: ReadTrace): Candidate[] {
  return read.trace.events.flatMap((event) => {
    if (event.kind === "killed" && event.target !== "function") {
      return event.target === "api"
        ? [killOfApi(read, event)]
        : [killOfWorker(read, event, "the worker", "message")];
    }
    if (event.kind === "environmentEnded" && event.why === "killed") {
      const where = `environment ${read.environmentNumber(event.environment)}`;
      return [killOfWorker(read, event, where, "message")];
    }
    return [];
  });
}

function killOfApi(read: ReadTrace, event: TraceEventOf<"killed">): Candidate {
  const inHand = read.about(event);
  const promised = inHand.filter((activation) => wasPromised(activation, event.atMs));
  const open = inHand.filter((activation) => !promised.includes(activation));
  const waited = open.length === 0 ? "" : `while ${counted(open.length, "customer")} waited for an answer`;
  if (promised.length === 0) {
    return candidate(
      read,
      event,
      `the API was killed${waited === "" ? ", with nothing in hand" : ` ${waited}`}.`,
      open,
    );
  }
  const held = `with ${counted(promised.length, "activation")} in memory`;
  const also = waited === "" ? "" : `, and ${waited}`;
  return candidate(read, event, `the API was killed ${held}${also}: ${fateText(promised)}.`, promised);
}

const wasPromised = ({ events }: TracedActivation, atMs: number): boolean =>
  events.some(
    (each) => each.kind === "answered" && each.atMs < atMs && each.status !== undefined && each.status < 300,
  );

function killOfWorker(
  read: ReadTrace,
  event: TraceEventOf<"killed" | "environmentEnded">,
  who: string,
  what: string,
): Candidate {
  const inHand = read.about(event);
  if (inHand.length === 0) {
    return candidate(read, event, `${who} was killed, with nothing in hand.`, []);
  }
  const names = namesOf(inHand);
  const held = inHand.length === 1 ? `the ${what} of ${names}` : `${counted(inHand.length, what)} (${names})`;
  return candidate(read, event, `${who} was killed with ${held} in hand: ${fateText(inHand)}.`, inHand);
}

function candidate(
  { trace }: ReadTrace,
  { atMs }: { atMs: number },
  what: string,
  inHand: readonly TracedActivation[],
): Candidate {
  const since = atMs - trace.header.startedAtMs;
  const isLost = inHand.some(({ fate }) => fate === "lost");
  return {
    atMs: since,
    text: `At ${moment(since)} ${what}`,
    weight: isLost ? weights.killWithLoss : inHand.length > 0 ? weights.kill : weights.emptyKill,
    ...onlyOne(inHand),
  };
}

const fates = [
  { fate: "lost", one: "is lost", many: "are lost" },
  { fate: "unknown", one: "can't be followed further", many: "can't be followed further" },
  { fate: "gaveUp", one: "is given up", many: "are given up" },
  { fate: "deadLettered", one: "is set aside", many: "are set aside" },
  { fate: "waiting", one: "still waits", many: "still wait" },
  { fate: "refused", one: "was not promised", many: "were not promised" },
] as const;

/** "they are lost", "2 are lost, and 2 devices work in the end". */
function fateText(activations: readonly TracedActivation[]): string {
  const all = activations.length;
  const count = (fate: TracedActivation["fate"]) => activations.filter((each) => each.fate === fate).length;
  const works = count("activated");
  if (works === all) {
    return all === 1 ? "its device works in the end" : "their devices work in the end";
  }
  const parts = fates.flatMap(({ fate, one, many }) => {
    const of = count(fate);
    const who = of < all ? String(of) : all === 1 ? "it" : "they";
    return of === 0 ? [] : [`${who} ${of === 1 ? one : many}`];
  });
  const rest =
    works === 0 ? "" : `, and ${counted(works, "device")} ${works === 1 ? "works" : "work"} in the end`;
  return `${listed(parts)}${rest}`;
}
