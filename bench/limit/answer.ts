import type { Limit, LimitProbe } from "#shared/limit.ts";
import { counted, spoken } from "../figures/format.ts";
import { rateText, timeText } from "../figures/limits.ts";
import { confidence } from "./find.ts";
import type { Found } from "./find.ts";
import type { Promised } from "./verdict.ts";

interface Answered extends Pick<
  Limit,
  "id" | "label" | "of" | "broke" | "cause" | "why" | "others" | "tookSeconds"
> {
  promised: Promised;
  found: Found;
  probes: LimitProbe[];
  /** What a flood has shown. Not a bound if the flood was too small to fill the system. */
  throughput?: { perSecond: number; isBound: boolean };
}

/** The limit, from what was found. Throws an error that says why there is none, so that no number can look like one. */
export function limitFrom(answered: Answered): Limit {
  const { id, label, of, promised, found, probes, throughput, cause, why, others, tookSeconds } = answered;
  if (found.kind === "never") {
    const seen = cause === "unclear" || cause === "queue" ? "" : ` (${why})`;
    throw new Error(
      `${neverSentence(found.probe, promised)}${seen}; promise less, such as ${easierWord(found.probe, promised)}`,
    );
  }
  if (found.kind === "late") {
    const { perSecond, doubt } = found.probe;
    throw new Error(
      `at ${rateText(perSecond)} a second ${doubt}, so nothing can be said; let nothing else run beside it`,
    );
  }
  const isOpen =
    found.kind === "at least" || (throughput?.isBound === false && probes.every(({ kept }) => kept));
  const broke = isOpen ? undefined : answered.broke;
  return {
    id,
    label,
    of,
    promised,
    fromPerSecond: found.fromPerSecond,
    ...(!isOpen && found.kind === "interval" && { toPerSecond: found.toPerSecond }),
    confidence,
    ...(throughput && { throughputPerSecond: throughput.perSecond }),
    ...(broke && { broke }),
    cause: isOpen ? "unclear" : cause,
    why: isOpen ? openSentence(probes) : why,
    ...(others && { others }),
    probes,
    tookSeconds,
  };
}

function openSentence(probes: readonly LimitProbe[]): string {
  const late = probes.findLast(({ doubt }) => doubt !== undefined);
  return late === undefined
    ? "no rate that was tried is too high for it"
    : `this machine's own sender is the limit: at ${rateText(late.perSecond)} a second ${late.doubt}`;
}

function neverSentence(
  { perSecond, answered, works, backlog, broke }: LimitProbe,
  promised: Promised,
): string {
  const { answeredMs, worksMs = 0 } = promised;
  const took = ({ p95Ms }: LimitProbe["answered"]) =>
    p95Ms === null ? "more than one of twenty never" : `95 % took ${spoken(p95Ms)}`;
  const ofAnswers = `${answered.inTime} of ${answered.of} customers were answered within ${timeText(answeredMs)} (${took(answered)})`;
  const ofWorks =
    works &&
    `${works.inTime} of ${counted(works.of, "device")} worked within ${timeText(worksMs)} (${took(works)})`;
  const seen = broke === "works" && ofWorks !== undefined ? ofWorks : ofAnswers;
  const waiting = backlog.end > backlog.middle + 1 ? `, and ${backlog.end} waited at the end` : "";
  return `no rate that was tried keeps this promise: at ${rateText(perSecond)} a second ${seen}${waiting}`;
}

/** An easier promise, as you type it. */
function easierWord({ broke }: LimitProbe, { answeredMs, worksMs = 0 }: Promised): string {
  return broke === "works" ? `\`works=${twice(worksMs)}\`` : `\`answered=${twice(answeredMs)}\``;
}

const twice = (ms: number): string => timeText(Math.max(2 * ms, 1_000)).replace(" ", "");
