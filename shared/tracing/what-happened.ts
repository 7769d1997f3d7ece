// What is worth telling about a run, from its trace. Pure and without Node's modules, since pages use it too.
import type { Trace } from "#shared/trace.ts";
import { counted, spoken } from "#shared/words.ts";
import { missingIn, readTrace } from "./activations.ts";
import type { ReadTrace } from "./activations.ts";
import { fateHappenings, waitingHappenings } from "./happenings/fates.ts";
import type { Candidate, Happening } from "./happenings/happening.ts";
import { goesOn, medianOf, namesOf, onlyOne } from "./happenings/happening.ts";
import { killHappenings } from "./happenings/kills.ts";
import { twiceHappenings } from "./happenings/twice.ts";
import { outageHappenings } from "./happenings/outages.ts";

export type { Happening } from "./happenings/happening.ts";

const most = 6;

/**
 * At most six sentences, in the order of time; one if nothing unusual happened. In a trace that goes on, newer ones win over older
 * ones of the same weight.
 */
export function whatHappened(trace: Trace, read: ReadTrace = readTrace(trace)): Happening[] {
  const begins = beginning(trace);
  const candidates = [
    ...droppedHappenings(read),
    ...killHappenings(read),
    ...outageHappenings(read),
    ...twiceHappenings(read),
    ...fateHappenings(read),
    ...waitingHappenings(read),
  ];
  if (candidates.length === 0) {
    return [...begins, ...nothingHappened(read)];
  }
  const told = candidates
    .toSorted((one, other) => other.weight - one.weight || (goesOn(trace) ? other.atMs - one.atMs : 0))
    .slice(0, most - begins.length)
    .toSorted((one, other) => one.atMs - other.atMs)
    .map(({ weight: _weight, ...happening }) => happening);
  return [...begins, ...told];
}

/** Where a page begins that was opened late. */
function beginning({ header: { startedAtMs, knownFromMs } }: Trace): Happening[] {
  if (knownFromMs === undefined) {
    return [];
  }
  const seconds = Math.ceil((knownFromMs - startedAtMs) / 1_000);
  const text = `What happened before ${seconds} s is no longer kept: the counts begin there.`;
  return [{ atMs: 1_000 * seconds, text, isCalm: true }];
}

function droppedHappenings({ trace }: ReadTrace): Candidate[] {
  const dropped = missingIn(trace.header);
  const text = `${counted(dropped, "event")} of this trace ${dropped === 1 ? "was" : "were"} dropped, so nothing here is called lost.`;
  return dropped === 0 ? [] : [{ atMs: 0, text, weight: 1_000 }];
}

function nothingHappened(read: ReadTrace): Happening[] {
  const { activations, trace, forgotten } = read;
  const asked = activations.filter(({ askedAtMs }) => askedAtMs !== undefined);
  const customers = asked.length + (forgotten?.customers ?? 0);
  if (customers === 0) {
    return [{ atMs: 0, text: "No customer has asked for anything yet.", isCalm: true }];
  }
  const works = asked.filter(({ activatedAtMs }) => activatedAtMs !== undefined);
  const waited = [...works, ...(forgotten?.slowest === undefined ? [] : [forgotten.slowest])].flatMap(
    (activation) => {
      const { askedAtMs = 0, activatedAtMs = 0 } = activation;
      return { activation, activatedAtMs, tookMs: activatedAtMs - askedAtMs };
    },
  );
  const [slowest] = waited.toSorted((one, other) => other.tookMs - one.tookMs);
  const median = medianOf(waited.map(({ tookMs }) => tookMs));
  if (slowest === undefined || median === undefined) {
    return [
      { atMs: 0, text: `${counted(customers, "customer")} asked, and no device works yet.`, isCalm: true },
    ];
  }
  const working = works.length + (forgotten?.customers ?? 0);
  const half = goesOn(trace) ? "" : `, half of them after ${spoken(median)}`;
  return [
    {
      atMs: slowest.activatedAtMs - trace.header.startedAtMs,
      text:
        `Nothing went wrong: of ${counted(customers, "customer")} ${working === customers ? "all" : working} have a device that works${half}; ` +
        `${namesOf([slowest.activation])} waited longest, ${spoken(slowest.tookMs)}.`,
      isCalm: true,
      ...onlyOne([slowest.activation]),
    },
  ];
}
