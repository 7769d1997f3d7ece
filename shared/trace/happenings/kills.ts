import type { TraceEventOf } from "#shared/trace.ts";
import { counted, listed, moment } from "#shared/words.ts";
import type { ReadTrace, TracedActivation } from "../activations.ts";
import { namesOf, onlyOne, weights } from "./happening.ts";
import type { Candidate } from "./happening.ts";

/** Each kill, with what was in hand and what became of it. */
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
    weight: isLost ? weights.killWithLoss : weights.kill,
    ...onlyOne(inHand),
  };
}

const fates = [
  { fate: "lost", one: "it is lost", all: "they are lost", some: "lost" },
  {
    fate: "unknown",
    one: "it can't be followed further",
    all: "they can't be followed further",
    some: "unknown",
  },
  { fate: "gaveUp", one: "it is given up", all: "they are given up", some: "given up" },
  { fate: "deadLettered", one: "it is set aside", all: "they are set aside", some: "set aside" },
  { fate: "waiting", one: "it still waits", all: "they still wait", some: "waiting" },
  {
    fate: "activated",
    one: "its device works in the end",
    all: "their devices work in the end",
    some: "working in the end",
  },
  { fate: "refused", one: "nothing was promised", all: "nothing was promised", some: "not promised" },
] as const;

/** "they are lost", "of these, 2 are lost and 3 working in the end". */
function fateText(activations: readonly TracedActivation[]): string {
  const parts = fates
    .map((each) => ({ ...each, of: activations.filter(({ fate }) => fate === each.fate).length }))
    .filter(({ of }) => of > 0);
  const [only, ...others] = parts;
  if (only !== undefined && others.length === 0) {
    return activations.length === 1 ? only.one : only.all;
  }
  return `of these, ${listed(parts.map(({ of, some }, at) => `${of} ${at > 0 ? "" : of === 1 ? "is " : "are "}${some}`))}`;
}
